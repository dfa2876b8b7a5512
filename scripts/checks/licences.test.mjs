import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { diskTree } from '../lib/tree.mjs'
import { asLines, manifestOf, onCore } from './clean-workspace.mjs'
import { findLicenceViolations, isAllowed } from './licences.mjs'

const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A workspace installed as pnpm does it: the package links into a store, where its own dependencies stand beside it. */
function install(licences, retry = {}) {
  const root = mkdtempSync(join(tmpdir(), 'licences-'))
  folders.push(root)
  const write = (file, manifest) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), typeof manifest === 'string' ? manifest : JSON.stringify(manifest))
  }
  const folder = 'packages/middleware/retry'
  write('pnpm-workspace.yaml', 'packages:\n  - packages/core\n  - packages/middleware/*\n')
  write('packages/core/package.json', manifestOf('packages/core'))
  write(`${folder}/package.json`, manifestOf(folder, { ...onCore, dependencies: { outer: '^1.0.0' }, ...retry }))
  const store = 'node_modules/.pnpm/outer@1.0.0/node_modules'
  write(`${store}/outer/package.json`, {
    name: 'outer',
    version: '1.0.0',
    dependencies: { inner: '^1.0.0' },
    ...licences.outer,
  })
  write(`${store}/inner/package.json`, { name: 'inner', version: '1.0.0', ...licences.inner })
  mkdirSync(join(root, folder, 'node_modules'))
  symlinkSync(join(root, store, 'outer'), join(root, folder, 'node_modules/outer'))
  return asLines(findLicenceViolations(diskTree(root)))
}

test('permissive licences have no findings', () => {
  expect(install({ outer: { license: 'MIT' }, inner: { license: '(GPL-3.0 OR Apache-2.0)' } })).toEqual([])
  expect(install({ outer: { license: { type: 'ISC' } }, inner: { licenses: [{ type: 'MIT' }] } })).toEqual([])
})

test('a licence that is not allowed is found, directly and further in', () => {
  expect(install({ outer: { license: 'GPL-3.0-only' }, inner: { license: 'MIT' } })).toEqual([
    'packages/middleware/retry/package.json: outer (1.0.0) has the licence GPL-3.0-only',
  ])
  expect(install({ outer: { license: 'MIT' }, inner: {} })).toEqual([
    'packages/middleware/retry/package.json: outer → inner (1.0.0) has the licence (none stated)',
  ])
})

test('a dependency that is not installed is found, an optional one is not', () => {
  const licences = { outer: { license: 'MIT' }, inner: { license: 'MIT' } }
  expect(install(licences, { dependencies: { gone: '^1.0.0' } })).toEqual([
    'packages/middleware/retry/package.json: gone is not installed',
  ])
  expect(install(licences, { optionalDependencies: { gone: '^1.0.0' } })).toEqual([])
})

test.each([
  ['MIT', true],
  ['MIT AND ISC', true],
  ['MIT AND GPL-2.0', false],
  ['(MIT OR GPL-2.0)', true],
  ['SEE LICENSE IN LICENSE.md', false],
  [undefined, false],
])('the expression %s is judged', (expression, allowed) => {
  expect(isAllowed(expression)).toBe(allowed)
})
