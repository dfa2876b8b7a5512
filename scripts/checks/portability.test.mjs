import { expect, test } from 'vitest'
import { memoryTree } from '../lib/tree.mjs'
import { asLines, workspace } from './clean-workspace.mjs'
import { findMachineTraces } from './portability.mjs'

const linesOf = (contents) => asLines(findMachineTraces(memoryTree(contents)))
// Put together here, so that the check does not find this file.
const path = (...parts) => parts.map((part) => `/${part}`).join('')

test('a workspace without traces has no findings', () => {
  expect(asLines(findMachineTraces(workspace()))).toEqual([])
  const harmless =
    "fetch(`${base}/work/items`); import './tmp/a.ts'; const at = 'https://example.com/tmp/x'; a/root/b\n"
  expect(linesOf({ 'a.ts': harmless })).toEqual([])
})

test.each([
  [`cd ${path('work', 'main')}`],
  [`'${path('tmp', 'out.json')}'`],
  [`see ${path('root', '.npmrc')}`],
  [`${path('home', 'ann', 'src')}`],
  [`(${path('Users', 'ann', 'src')})`],
  [['C:', 'Users', 'ann'].join('\\')],
  [['https://registry', 'npmjs', 'org/x'].join('.')],
])('%s is found', (text) => {
  expect(linesOf({ 'docs/a.md': `fine\n${text}\n` })).toEqual([expect.stringMatching(/^docs\/a\.md:2: names/)])
})

test('the address of a package in the lockfile is found', () => {
  const lines = linesOf({
    'pnpm-lock.yaml': 'packages:\n  a@1.0.0:\n    resolution: {integrity: x, tarball: https://a.example/a.tgz}\n',
  })
  expect(lines).toEqual(['pnpm-lock.yaml:3: has the address of a package'])
})
