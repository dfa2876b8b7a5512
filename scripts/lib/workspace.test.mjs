import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { diskTree, memoryTree } from './tree.mjs'
import { listPackages, workspacePatterns } from './workspace.mjs'

const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const files = {
  'pnpm-workspace.yaml':
    "# first\npackages:\n  - packages/core\n  - 'packages/middleware/*' # all\n  - packages/gone\n\nallowBuilds:\n  - none\n",
  'packages/core/package.json': '{ "name": "@cepa/core" }',
  'packages/core/dist/index.js': '',
  'packages/middleware/retry/package.json': '{ "name": "@cepa/middleware-retry" }',
  'packages/middleware/notes/README.md': '',
  'node_modules/a/index.js': '',
}

function onDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-'))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return diskTree(folder)
}

test('patterns end where the next setting begins', () => {
  expect(workspacePatterns(memoryTree(files))).toEqual(['packages/core', 'packages/middleware/*', 'packages/gone'])
})

test('packages are the listed folders that have a manifest, on disk as in memory', () => {
  for (const tree of [memoryTree(files), onDisk()]) {
    expect(listPackages(tree).map(({ folder, name }) => [folder, name])).toEqual([
      ['packages/core', '@cepa/core'],
      ['packages/middleware/retry', '@cepa/middleware-retry'],
    ])
  }
})

test('a tree on disk lists no generated file, but reads it', () => {
  const tree = onDisk()
  expect(tree.files).not.toContain('packages/core/dist/index.js')
  expect(tree.files).not.toContain('node_modules/a/index.js')
  expect(tree.files).toContain('packages/core/package.json')
  expect(tree.read('packages/core/dist/index.js')).toBe('')
  expect(tree.read('packages/core/gone.ts')).toBeUndefined()
})
