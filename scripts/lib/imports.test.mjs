import { parseSync } from 'vite'
import { expect, test } from 'vitest'
import { root } from '../bootstrap.mjs'
import { findImports } from './imports.mjs'
import { diskTree } from './tree.mjs'

const found = (text) =>
  findImports(text).map(
    ({ specifier, typeOnly, dynamic }) => `${specifier}${typeOnly ? ' type' : ''}${dynamic ? ' dynamic' : ''}`,
  )

test.each([
  ["import 'a'", ['a']],
  ["import a from 'a'", ['a']],
  ["import a, { b as c, type d } from 'a'", ['a']],
  ["import * as a from 'a'", ['a']],
  ["import type { a } from 'a'", ['a type']],
  ["import type a from 'a'", ['a type']],
  ["import type from 'a'", ['a']],
  ["import type from from 'a'", ['a type']],
  ["import type, { b } from 'a'", ['a']],
  ["import { 'x y' as z } from 'a' with { type: 'json' }", ['a']],
  ["export { a } from 'a'", ['a']],
  ["export * from 'a'", ['a']],
  ["export * as b from 'a'", ['a']],
  ["export type { a } from 'a'", ['a type']],
  ["const a = await import('a')", ['a dynamic']],
  ["let a: import('a').B", ['a dynamic']],
  ["const a = require('a')", ['a dynamic']],
  ["export { a }\nconst from = 'b'", []],
  ["export type A = 'b'", []],
  ["import.meta.resolve('a'); loader.import('b'); x.require('c')", []],
  ["// import 'a'\n/* import 'b' */ 'import \"c\"'; `import('d')`", []],
])('%s', (text, expected) => {
  expect(found(text)).toEqual(expected)
})

test('the line of an import is where it begins', () => {
  expect(findImports("const a = 1\n\nimport {\n  b,\n} from 'b'\n")[0].line).toBe(3)
})

test('it agrees with a parser on every source of this repository', () => {
  const tree = diskTree(root)
  const files = tree.files.filter((file) => /^(?:packages|scripts)\/.*\.m?[jt]s$/.test(file) && !file.endsWith('.d.ts'))
  expect(files.length).toBeGreaterThan(40)
  for (const file of files) {
    const text = tree.read(file)
    const { module, errors } = parseSync(file, text)
    if (errors.length > 0) continue
    const ours = findImports(text).filter(({ dynamic }) => !dynamic)
    expect({ file, imports: ours.map(({ specifier }) => specifier) }).toEqual({ file, imports: parsedImports(module) })
  }
})

function parsedImports({ staticImports, staticExports }) {
  const imports = staticImports.map(({ start, moduleRequest }) => [start, moduleRequest.value])
  const exports = staticExports.flatMap(({ start, entries }) => {
    const from = entries.find(({ moduleRequest }) => moduleRequest)
    return from ? [[start, from.moduleRequest.value]] : []
  })
  return [...imports, ...exports].sort((a, b) => a[0] - b[0]).map(([, specifier]) => specifier)
}
