import { expect, test } from 'vitest'
import { asLines, manifestOf, workspace } from './clean-workspace.mjs'
import { findMisplacedFolders } from './folders.mjs'

const linesOf = (changes) => asLines(findMisplacedFolders(workspace(changes)))

test('names that follow from their folders have no findings', () => {
  expect(linesOf({})).toEqual([])
})

test('a package with another name than its folder is found', () => {
  const folder = 'packages/middleware/retry'
  const lines = linesOf({ [`${folder}/package.json`]: manifestOf(folder, { name: '@cepa/retry' }) })
  expect(lines).toEqual([`${folder}/package.json: is called @cepa/retry; this folder maps to @cepa/middleware-retry`])
})

test('a package that the workspace does not list is found', () => {
  const lines = linesOf({ 'packages/testing/package.json': manifestOf('packages/testing') })
  expect(lines).toEqual(['packages/testing: is not listed in pnpm-workspace.yaml'])
})

test('a folder without a package is found', () => {
  const lines = linesOf({ 'packages/middleware/cache/src/index.ts': '' })
  expect(lines).toEqual(['packages/middleware/cache: holds files but no package.json'])
})

test('a stray at the top level is found, a dot file is not', () => {
  expect(linesOf({ 'notes.md': '', '.editorconfig': '' })).toEqual(['notes.md: does not belong at the top level'])
})
