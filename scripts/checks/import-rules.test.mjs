import { expect, test } from 'vitest'
import { asLines, manifestOf, onCore, withSubpath, workspace } from './clean-workspace.mjs'
import { findImportViolations } from './import-rules.mjs'

const retry = 'packages/middleware/retry'
const linesOf = (changes) => asLines(findImportViolations(workspace(changes)))
const source = (text) => ({
  [`${retry}/src/index.ts`]: `import { middleware } from '@cepa/core'\nvoid middleware\n${text}\n`,
})
const cache = {
  'packages/middleware/cache/package.json': manifestOf('packages/middleware/cache', onCore),
  'packages/middleware/cache/src/index.ts':
    "import { middleware } from '@cepa/core'\nexport const cache = middleware\n",
}

test('a workspace that keeps the rules has no findings', () => {
  expect(linesOf({})).toEqual([])
  expect(linesOf(cache)).toEqual([])
})

test.each([
  [
    'a dependency of core',
    { 'packages/core/package.json': manifestOf('packages/core', { dependencies: { nanoid: '^5' } }) },
    'core has no dependency',
  ],
  ['a module of Node in core', { 'packages/core/src/call.ts': "import 'node:fs'\n" }, 'core imports node:fs'],
  [
    'a package in core',
    { 'packages/core/src/call.ts': "export { x } from '@cepa/middleware-retry'\n" },
    'may not import',
  ],
  [
    'a middleware in a middleware',
    { ...cache, ...source("import { cache } from '@cepa/middleware-cache'") },
    'imports @cepa/middleware-cache, which packages/middleware/retry (allowed: core) may not import',
  ],
  ['its type alone', { ...cache, ...source("import type { cache } from '@cepa/middleware-cache'") }, 'may not import'],
  [
    'its dynamic import',
    { ...cache, ...source("export const load = () => import('@cepa/middleware-cache')") },
    'may not import',
  ],
  ['its subpath', { ...cache, ...source("export { x } from '@cepa/middleware-cache/node'") }, 'may not import'],
  [
    'a middleware in the manifest of a middleware',
    {
      ...cache,
      [`${retry}/package.json`]: manifestOf(retry, {
        ...onCore,
        exports: withSubpath,
        dependencies: { '@cepa/middleware-cache': 'workspace:^' },
      }),
    },
    'dependencies names @cepa/middleware-cache',
  ],
  ['an undeclared package', source("import ky from 'ky'"), 'imports ky, which package.json does not declare'],
  [
    'an undeclared type',
    source("import type { Ky } from 'ky/types'"),
    'imports ky/types, which package.json does not declare',
  ],
  [
    'a development dependency in production code',
    {
      ...source("import { x } from 'ky'"),
      [`${retry}/package.json`]: manifestOf(retry, {
        ...onCore,
        exports: withSubpath,
        devDependencies: { ...onCore.devDependencies, ky: '^1' },
      }),
    },
    'imports ky, which package.json does not declare',
  ],
  [
    'a dependency that nothing imports',
    {
      [`${retry}/package.json`]: manifestOf(retry, {
        ...onCore,
        exports: withSubpath,
        dependencies: { 'p-retry': '^8' },
      }),
    },
    'dependencies names p-retry, which nothing in src imports',
  ],
  ['an entry that is not exported', source("import { x } from '@cepa/core/call'"), '@cepa/core has no entry ./call'],
  ['a file of another package', source("import { x } from '../../../core/src/call.ts'"), 'leaves the package'],
  ['a file that is missing', source("import { x } from './gone.ts'"), './gone.ts, which does not exist'],
  ['an undeclared package in a test', { [`${retry}/src/retry.test.ts`]: "import ky from 'ky'\n" }, 'test imports ky'],
  [
    'a room that the table does not know',
    {
      'pnpm-workspace.yaml': 'packages:\n  - packages/core\n  - packages/cellar\n',
      'packages/cellar/package.json': manifestOf('packages/cellar', onCore),
      'packages/cellar/src/index.ts': "import '@cepa/core'\n",
    },
    'a room that scripts/checks/import-rules.mjs does not know',
  ],
  ['a package in a script', { 'scripts/run.mjs': "import ky from 'ky'\n" }, 'scripts use plain Node'],
])('%s is found', (_, changes, message) => {
  expect(linesOf(changes).join('\n')).toContain(message)
})

test('a comment, a string and a template are no imports', () => {
  expect(
    linesOf(
      source(
        "// import 'ky'\nexport const a = \"import 'ky'\"\nexport const b = `import('ky') ${'x'}`\n/* import 'ky' */",
      ),
    ),
  ).toEqual([])
})

test('what drags a heavy tree is an optional peer of the front door', () => {
  const otlp = 'packages/exporters/otlp'
  const files = {
    'pnpm-workspace.yaml':
      'packages:\n  - packages/core\n  - packages/middleware/*\n  - packages/exporters/*\n  - packages/cepa\n',
    [`${otlp}/package.json`]: manifestOf(otlp, onCore),
    [`${otlp}/src/index.ts`]: "export { middleware as otlp } from '@cepa/core'\n",
    'packages/cepa/src/otlp.ts': "export { otlp } from '@cepa/exporter-otlp'\n",
    'packages/bench/package.json': undefined,
  }
  const dependencies = { '@cepa/core': 'workspace:^', '@cepa/middleware-retry': 'workspace:^' }
  const peer = {
    peerDependencies: { '@cepa/exporter-otlp': 'workspace:^' },
    peerDependenciesMeta: { '@cepa/exporter-otlp': { optional: true } },
  }
  const front = (more) => ({ ...files, 'packages/cepa/package.json': manifestOf('packages/cepa', more) })
  expect(linesOf(front({ dependencies, ...peer }))).toEqual([])
  const outright = { dependencies: { ...dependencies, '@cepa/exporter-otlp': 'workspace:^' } }
  expect(linesOf(front(outright)).join()).toContain('must be an optional peer')
})
