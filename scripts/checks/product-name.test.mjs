import { expect, test } from 'vitest'
import { product } from '../product.mjs'
import { asLines, manifestOf, workspace } from './clean-workspace.mjs'
import { findNameViolations } from './product-name.mjs'

const linesOf = (changes, name) => asLines(findNameViolations(workspace(changes), name))
const errors = (text) => ({ 'packages/core/src/errors.ts': text })

test('one name everywhere has no findings', () => {
  expect(linesOf(errors("export class A { readonly code = 'CEPA_STACK' }\n"))).toEqual([])
})

test('a package outside the scope is found', () => {
  const lines = linesOf({ 'packages/core/package.json': manifestOf('packages/core', { name: '@onion/core' }) })
  expect(lines).toEqual(['packages/core/package.json: name @onion/core is outside @cepa'])
})

test('another condition is found', () => {
  const lines = linesOf({ 'tsconfig.base.json': { compilerOptions: { customConditions: ['source'] } } })
  expect(lines).toEqual(['tsconfig.base.json: does not resolve the condition @cepa/source'])
})

test('another title is found', () => {
  expect(linesOf({ 'README.md': '# Onion\n' })).toEqual(['README.md: must begin with the title "# Cepa"'])
})

test.each([
  ["export class A { readonly code = 'ONION_STACK' }"],
  ["export class A { readonly code: ErrorCode = 'ONION_STACK' }"],
  ["export const a = { code: 'ONION_STACK' }"],
])('an error code of another product is found: %s', (text) => {
  expect(linesOf(errors(text)).join()).toContain('error code ONION_STACK must begin with CEPA_')
})

test('codes of others may be read', () => {
  expect(
    linesOf(
      errors("export const is = (error: any): boolean => error.code === 'ERR_STREAM' || error.code === 'ECONNRESET'\n"),
    ),
  ).toEqual([])
})

test('renaming the product finds everything that still has the old name', () => {
  const renamed = {
    title: 'Shallot',
    name: 'shallot',
    scope: '@shallot',
    sourceCondition: '@shallot/source',
    errorCodePrefix: 'SHALLOT_',
  }
  expect(product.name).toBe('cepa')
  const lines = linesOf(errors("export class A { readonly code = 'CEPA_STACK' }\n"), renamed)
  expect(lines.map((line) => line.split(':')[0])).toEqual([
    'packages/bench/package.json',
    'packages/cepa/package.json',
    'packages/core/package.json',
    'packages/middleware/retry/package.json',
    'tsconfig.base.json',
    'README.md',
    'packages/core/src/errors.ts',
  ])
})
