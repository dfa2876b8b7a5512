import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../bootstrap.mjs'
import { build } from './build.mjs'
import { diskTree } from './tree.mjs'

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-'))
  write('pnpm-workspace.yaml', 'packages:\n  - packages/core\n')
  write('tsconfig.base.json', readFileSync(join(root, 'tsconfig.base.json'), 'utf8'))
  write('packages/core/package.json', '{ "name": "@cepa/core", "type": "module" }')
  write(
    'packages/core/tsconfig.json',
    '{ "extends": "../../tsconfig.base.json", "compilerOptions": { "rootDir": "src", "outDir": "dist" }, "include": ["src"] }',
  )
  write('packages/core/src/index.ts', 'export const a: number = 1\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const output = (name) => existsSync(join(folder, 'packages/core/dist', name))

test('it builds, removes what a deleted source left, and builds again where the output is gone', async () => {
  write('packages/core/src/old.ts', 'export const b: number = 2\n')
  expect(await build(diskTree(folder))).toMatchObject({ passed: 1, failed: 0, note: '1 projects' })
  expect([output('index.js'), output('index.d.ts'), output('old.js'), output('old.d.ts.map')]).toEqual([
    true,
    true,
    true,
    true,
  ])
  rmSync(join(folder, 'packages/core/src/old.ts'))
  await build(diskTree(folder))
  expect([output('index.js'), output('old.js'), output('old.d.ts'), output('old.d.ts.map')]).toEqual([
    true,
    false,
    false,
    false,
  ])
  rmSync(join(folder, 'packages/core/dist'), { recursive: true })
  await build(diskTree(folder))
  expect(output('index.js')).toBe(true)
})

test('what does not compile fails with the place', async () => {
  write('packages/core/src/index.ts', 'export const a: number = "one"\n')
  const outcome = await build(diskTree(folder))
  expect(outcome).toMatchObject({ passed: 0, failed: 1 })
  expect(outcome.output).toContain('packages/core/src/index.ts(1,14): error TS2322')
})
