// A small workspace that keeps every rule, for the tests of the checks: each plants its violation in a copy.

import { nameOf } from '../lib/rooms.mjs'
import { memoryTree } from '../lib/tree.mjs'

const core = '@cepa/core'
const entry = (base) => ({
  '@cepa/source': `./src/${base}.ts`,
  types: `./dist/${base}.d.ts`,
  default: `./dist/${base}.js`,
})

/** A manifest as public packages have it. */
export function manifestOf(folder, more = {}) {
  return {
    name: nameOf(folder),
    version: '0.1.0',
    description: 'Does one thing.',
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22.15' },
    exports: { '.': entry('index'), './package.json': './package.json' },
    files: ['dist'],
    ...more,
  }
}

/** The dependencies of a package beside core. */
export const onCore = { peerDependencies: { [core]: 'workspace:^' }, devDependencies: { [core]: 'workspace:^' } }

/** Entries for `exports`: the main one and a subpath. */
export const withSubpath = { '.': entry('index'), './node': entry('node'), './package.json': './package.json' }

const referring = (...paths) => ({ references: paths.map((path) => ({ path })) })

const cleanFiles = {
  'package.json': { private: true, version: '0.1.0', devDependencies: { node: '24.21.0', vitest: '5.1.1' } },
  'pnpm-workspace.yaml':
    'packages:\n  - packages/core\n  - packages/middleware/*\n  - packages/cepa\n  - packages/bench\n\nnodeVersion: 24.21.0\n',
  'tsconfig.base.json': { compilerOptions: { customConditions: ['@cepa/source'] } },
  'README.md': '# Cepa\n\nAn onion.\n',
  'packages/core/package.json': manifestOf('packages/core'),
  'packages/core/tsconfig.json': {},
  'packages/core/src/index.ts': "export { middleware } from './middleware.ts'\nexport type { Call } from './call.ts'\n",
  'packages/core/src/middleware.ts':
    "import type { Call } from './call.ts'\nexport const middleware = (call: Call): Call => call\n",
  'packages/core/src/call.ts':
    "import type { middleware } from './middleware.ts'\nexport type Call = { made: typeof middleware }\n",
  'packages/middleware/retry/package.json': manifestOf('packages/middleware/retry', {
    ...onCore,
    exports: withSubpath,
  }),
  'packages/middleware/retry/tsconfig.json': referring('../../core'),
  'packages/middleware/retry/tsconfig.test.json': {},
  'packages/middleware/retry/src/index.ts': `import { middleware } from '${core}'\nexport const retry = (): unknown => middleware\n`,
  'packages/middleware/retry/src/node.ts':
    "import { hrtime } from 'node:process'\nexport const now = (): bigint => hrtime.bigint()\n",
  'packages/middleware/retry/src/retry.test.ts':
    "import { test } from 'vitest'\nimport { retry } from './index.ts'\ntest('is', () => void retry())\n",
  'packages/cepa/package.json': manifestOf('packages/cepa', {
    dependencies: { [core]: 'workspace:^', '@cepa/middleware-retry': 'workspace:^' },
  }),
  'packages/cepa/tsconfig.json': referring('../core', '../middleware/retry'),
  'packages/cepa/src/index.ts': `export { middleware } from '${core}'\nexport { retry } from '@cepa/middleware-retry'\n`,
  'packages/bench/package.json': {
    name: '@cepa/bench',
    private: true,
    version: '0.1.0',
    description: 'Measures.',
    license: 'MIT',
    type: 'module',
    devDependencies: { '@cepa/middleware-retry': 'workspace:^' },
  },
  'packages/bench/tsconfig.json': referring('../middleware/retry'),
  'packages/bench/src/core.ts': "import { retry } from '@cepa/middleware-retry'\nconsole.log(retry())\n",
  'scripts/run.mjs':
    "import { root } from './bootstrap.mjs'\nimport { join } from 'node:path'\nconsole.log(join(root, 'a'))\n",
  'scripts/bootstrap.mjs': "export const root = '.'\n",
}

/** The clean workspace with changes: path → text, an object for JSON, or undefined for a file that is gone. */
export function workspace(changes = {}) {
  const contents = {}
  for (const [path, value] of Object.entries({ ...cleanFiles, ...changes })) {
    if (value !== undefined) contents[path] = typeof value === 'string' ? value : JSON.stringify(value)
  }
  return memoryTree(contents)
}

/** Findings as lines, to compare with what a test expects. */
export function asLines(findings) {
  return findings.map(({ file, message }) => `${file}: ${message}`)
}
