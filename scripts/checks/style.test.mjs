import { expect, test } from 'vitest'
import { memoryTree } from '../lib/tree.mjs'
import { asLines, workspace } from './clean-workspace.mjs'
import { findStyleViolations } from './style.mjs'

const linesOf = (contents) => asLines(findStyleViolations(memoryTree(contents)))
const file = 'packages/core/src/call.ts'
const join = (...parts) => parts.join('')

test('code of the house has no findings', () => {
  expect(asLines(findStyleViolations(workspace()))).toEqual([])
  expect(
    linesOf({ 'packages/core/README.md': '# x\n', 'packages/core/src/call.test-d.ts': '', 'docs/contract.md': '' }),
  ).toEqual([])
})

test.each([
  ['a default export', 'export default 1\n', 'has a default export'],
  ['a star export', "export * from './a.ts'\n", 'export *'],
  ['a named star export', "export * as a from './a.ts'\n", 'export *'],
  ['an enum', 'export enum Color { red }\n', 'has an enum'],
  ['a const enum', 'const enum Color { red }\n', 'has an enum'],
  ['a reminder', join('// TO', 'DO: later\n'), 'has a reminder'],
  ['another reminder', join('// FIX', 'ME\n'), 'has a reminder'],
  ['a long file', 'const a = 1\n'.repeat(251), 'has 251 lines'],
])('%s is found', (_, text, message) => {
  expect(linesOf({ [file]: text }).join()).toContain(message)
})

test('words in strings and comments, and lists of the same names, are not found', () => {
  const text =
    "// export default, enum A {\nexport const a = 'export default'\nexport const b = { enum: { a: 1 }, default: 1 }\n"
  expect(linesOf({ [file]: text })).toEqual([])
  expect(linesOf({ [file]: 'const a = 1\n'.repeat(250) })).toEqual([])
})

test.each([
  ['CallSite.ts', 'not in kebab-case'],
  ['call_site.ts', 'not in kebab-case'],
  ['utils.ts', 'does not say'],
  ['helpers/call.ts', 'does not say'],
  ['types.ts', 'does not say'],
  ['common.test.ts', 'does not say'],
])('the name %s is found', (name, message) => {
  expect(linesOf({ [`packages/core/src/${name}`]: '' }).join()).toContain(message)
})

test.each([
  ["test.skip('a', () => {})", 'skips a test'],
  ["describe.skip('a', () => {})", 'skips a test'],
  ["it.skip.each([1])('a', () => {})", 'skips a test'],
  ["test.only('a', () => {})", 'runs one test only'],
  ["test.todo('a')", 'not written'],
  ["test.skipIf(true)('a', () => {})", 'without saying why'],
  ["test.runIf(true)('a', () => {})", 'without saying why'],
])('in a test, %s is found', (text, message) => {
  expect(linesOf({ 'packages/core/src/call.test.ts': text }).join()).toContain(message)
})

test('a skip that gives its reason may stand', () => {
  expect(
    linesOf({ 'packages/core/src/call.test.ts': "test('a', (context) => context.skip('no Redis here'))" }),
  ).toEqual([])
})
