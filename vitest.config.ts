import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@cepa/source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@cepa/source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'scripts/**/*.test.ts', 'packages/**/test/**/*.test.ts'],
  },
})
