import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { root } from '../bootstrap.mjs'
import { manifestOf, onCore } from '../checks/clean-workspace.mjs'
import { checkPacked } from './packed-checks.mjs'
import { tarballProblems } from './packing.mjs'
import { createReport } from './report.mjs'
import { diskTree } from './tree.mjs'

const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const retry = 'packages/middleware/retry'
const built = {
  'package.json': { name: 'planted', private: true, version: '0.1.0' },
  'pnpm-workspace.yaml': 'packages:\n  - packages/core\n  - packages/middleware/*\n',
  'packages/core/package.json': manifestOf('packages/core'),
  'packages/core/README.md': '# core\n',
  'packages/core/LICENSE': 'MIT\n',
  'packages/core/dist/index.js': 'export const middleware = 1\n',
  'packages/core/dist/index.d.ts': 'export declare const middleware: number;\n',
  [`${retry}/package.json`]: manifestOf(retry, onCore),
  [`${retry}/README.md`]: '# retry\n',
  [`${retry}/LICENSE`]: 'MIT\n',
  [`${retry}/dist/index.js`]: "import { middleware } from '@cepa/core'\nexport const retry = middleware\n",
  [`${retry}/dist/index.d.ts`]:
    "import { middleware } from '@cepa/core';\nexport declare const retry: typeof middleware;\n",
}

/** Packs and tries a workspace, with the tools of this one, and returns what was printed. */
async function check(changes) {
  const folder = mkdtempSync(join(tmpdir(), 'packing-'))
  folders.push(folder)
  for (const [path, value] of Object.entries({ ...built, ...changes })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof value === 'string' ? value : JSON.stringify(value))
  }
  mkdirSync(join(folder, '.tools'))
  symlinkSync(join(root, '.tools', 'node_modules'), join(folder, '.tools', 'node_modules'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const lines = []
  const report = createReport((line) => lines.push(line))
  await checkPacked(report, diskTree(folder), [process.versions.node])
  return { text: lines.join('\n'), failed: report.failed }
}

test('packages that work when installed pass, and so do programs that use them', async () => {
  const program = "import { retry } from '@cepa/middleware-retry'\nif (retry !== 1) process.exitCode = 1\n"
  const { text, failed } = await check({ [`${retry}/test/packed/uses-retry.mjs`]: program })
  expect(failed, text).toBe(0)
  expect(text).toContain('2 entries, 1 programs')
})

test.each([
  ['a top-level await', { 'packages/core/dist/index.js': 'export const middleware = await 1\n' }, 'top-level await'],
  [
    'an undeclared package',
    { [`${retry}/dist/index.js`]: "import 'planted-package'\nexport const retry = 1\n" },
    'planted-package',
  ],
  [
    'a program that fails',
    { [`${retry}/test/packed/uses-retry.mjs`]: "throw new Error('planted')\n" },
    'uses-retry.mjs: ended with code 1',
  ],
  ['types that lead nowhere', { [`${retry}/dist/index.d.ts`]: "export { retry } from './gone.js';\n" }, 'gone.js'],
  [
    'types of core that need Node',
    { 'packages/core/dist/index.d.ts': 'export declare const middleware: Buffer;\n' },
    'Buffer',
  ],
  ['an entry that exports nothing', { 'packages/core/dist/index.js': '' }, 'exports nothing'],
])('%s is found', async (_, changes, message) => {
  const { text, failed } = await check(changes)
  expect(failed).toBeGreaterThan(0)
  expect(text).toContain(message)
})

const tarball = (more) => ({
  name: '@cepa/core',
  files: ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'],
  manifest: manifestOf('packages/core'),
  ...more,
})

test('a tarball that holds what it should has no problem', () => {
  expect(tarballProblems(tarball())).toEqual([])
  const data = {
    files: [...tarball().files, 'data/prices.json'],
    manifest: manifestOf('packages/core', { files: ['dist', 'data'] }),
  }
  expect(tarballProblems(tarball(data))).toEqual([])
})

test.each([
  ['a source', { files: [...tarball().files, 'src/index.ts'] }, 'src/index.ts should not be packed'],
  ['what the build remembers', { files: [...tarball().files, 'dist/tsconfig.tsbuildinfo'] }, 'should not be packed'],
  ['a test', { files: [...tarball().files, 'dist/call.test.js'] }, 'dist/call.test.js is a test'],
  ['no README', { files: tarball().files.filter((file) => file !== 'README.md') }, 'README.md is missing'],
  [
    'an entry without its file',
    { files: tarball().files.filter((file) => file !== 'dist/index.js') },
    './dist/index.js, which is not packed',
  ],
  [
    'a range of the workspace',
    { manifest: manifestOf('packages/core', { dependencies: { a: 'workspace:^' } }) },
    'still has "workspace:^"',
  ],
])('a tarball with %s is found', (_, more, message) => {
  expect(tarballProblems(tarball(more)).join()).toContain(message)
})
