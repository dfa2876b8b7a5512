import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@cepa/source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@cepa/source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'packages/**/test/**/*.test.ts', 'scripts/**/*.test.mjs'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.generated/**'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
