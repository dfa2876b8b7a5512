import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../bootstrap.mjs'
import { checkFormat, checkTestTypes, runVitest } from './guards.mjs'
import { diskTree } from './tree.mjs'

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guards-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  symlinkSync(join(root, 'scripts'), join(folder, 'scripts'))
  write('pnpm-workspace.yaml', 'packages:\n  - packages/core\n')
  write('packages/core/package.json', '{ "name": "@cepa/core", "type": "module" }')
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const tests = (text) => {
  write('vitest.config.mjs', "export default { test: { include: ['packages/**/*.test.mjs'] } }\n")
  write('packages/core/src/call.test.mjs', `import { beforeAll, describe, expect, test } from 'vitest'\n${text}\n`)
  return runVitest(diskTree(folder), [])
}

test('tests are counted, and skips carry their reason', async () => {
  const outcome = await tests(
    "test('a', () => {})\ndescribe('b', () => { test('c', (context) => context.skip('no Redis')) })",
  )
  expect(outcome).toMatchObject({ passed: 1, failed: 0 })
  expect(outcome.skipped).toEqual([{ what: 'packages/core/src/call.test.mjs > b > c', why: 'no Redis' }])
})

test.each([
  ['a test that fails', "test('a', () => expect(1).toBe(2))\ntest('b', () => {})", { passed: 1, failed: 1 }],
  ['a file that does not load', "test('a', () => {})\nthrow new Error('planted')", { failed: 1 }],
  [
    'a hook that fails',
    "describe('a', () => { beforeAll(() => { throw new Error('planted') })\ntest('b', () => {}) })",
    { failed: 1 },
  ],
  ['a rejection that nobody handles', "test('a', () => { Promise.reject(new Error('planted')) })", { failed: 1 }],
  ['a file without tests', '', { failed: 1 }],
])('%s is a failure', async (_, text, expected) => {
  const outcome = await tests(text)
  expect(outcome).toMatchObject(expected)
  expect(outcome.output).not.toBe('')
})

test('types of tests are checked, with what they expect to be wrong', async () => {
  write(
    'packages/core/tsconfig.test.json',
    '{ "compilerOptions": { "strict": true, "types": [] }, "include": ["src/*.test-d.ts"] }',
  )
  expect(await checkTestTypes(diskTree(folder))).toMatchObject({ passed: 1, failed: 0 })
  write(
    'packages/core/src/call.test-d.ts',
    '// @ts-expect-error a string is no number\nexport const a: number = "one"\n',
  )
  expect(await checkTestTypes(diskTree(folder))).toMatchObject({ passed: 1, failed: 0 })
  write('packages/core/src/call.test-d.ts', '// @ts-expect-error a string is no number\nexport const a: number = 1\n')
  expect((await checkTestTypes(diskTree(folder))).output).toContain('error TS2578')
})

test('formatting and lint are checked', async () => {
  write('biome.json', diskTree(root).read('biome.json'))
  write('packages/core/src/call.js', 'export const a = 1\n')
  write('packages/core/package.json', '{\n  "name": "@cepa/core",\n  "type": "module"\n}\n')
  rmSync(join(folder, 'scripts'))
  const clean = await checkFormat(diskTree(folder))
  expect(clean.failed, clean.output).toBe(0)
  write('packages/core/src/call.js', 'export const a = 1;\n')
  expect(await checkFormat(diskTree(folder))).toMatchObject({ passed: 0, failed: 1 })
  write('packages/core/src/call.js', 'export const f = (a, b, c, d) => [a, b, c, d]\n')
  expect((await checkFormat(diskTree(folder))).output).toContain('useMaxParams')
})
