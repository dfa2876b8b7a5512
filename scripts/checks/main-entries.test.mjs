import { expect, test } from 'vitest'
import { asLines, manifestOf, onCore, withSubpath, workspace } from './clean-workspace.mjs'
import { findHeavyMainEntries } from './main-entries.mjs'

const retry = 'packages/middleware/retry'
const linesOf = (changes) => asLines(findHeavyMainEntries(workspace(changes)))

test('a subpath may use Node, the main entry reaches none of it', () => {
  expect(linesOf({})).toEqual([])
})

test.each([
  ['directly', { [`${retry}/src/index.ts`]: "import { hrtime } from 'node:process'\n" }],
  ['as a type', { [`${retry}/src/index.ts`]: "import type { Server } from 'node:http'\n" }],
  ['through a file', { [`${retry}/src/index.ts`]: "export { now } from './node.ts'\n" }],
  ['through a dynamic import', { [`${retry}/src/index.ts`]: "export const load = () => import('./node.ts')\n" }],
])('a module of Node is found: %s', (_, changes) => {
  expect(linesOf(changes)).toHaveLength(1)
  expect(linesOf(changes)[0]).toMatch(/index\.ts:1: imports node:|node\.ts:1: imports node:/)
})

test('it is found through a subpath of another package', () => {
  const lines = linesOf({ 'packages/cepa/src/index.ts': "export { now } from '@cepa/middleware-retry/node'\n" })
  expect(lines.join()).toContain(`${retry}/src/node.ts:1: imports node:process`)
  expect(lines.join()).toContain('@cepa/middleware-retry and cepa')
})

test('it is found behind an internal name, unless that stands in a node condition', () => {
  const imports = (target) => ({
    [`${retry}/package.json`]: manifestOf(retry, { ...onCore, exports: withSubpath, imports: { '#clock': target } }),
    [`${retry}/src/index.ts`]: "export { now } from '#clock'\n",
    [`${retry}/src/clock.ts`]: 'export const now = (): number => 0\n',
  })
  expect(linesOf(imports({ node: './src/node.ts', default: './src/clock.ts' }))).toEqual([])
  expect(linesOf(imports({ default: './src/node.ts' }))).toHaveLength(1)
})

test('packages that need Node are found, their types are not', () => {
  expect(linesOf({ [`${retry}/src/index.ts`]: "import { pino } from 'pino'\n" }).join()).toContain(
    'pino, which needs Node',
  )
  expect(linesOf({ [`${retry}/src/index.ts`]: "import type { Logger } from 'pino'\n" })).toEqual([])
})

test('optional peers are found in the main entry of the front door', () => {
  const prices = 'packages/prices'
  const changes = {
    'pnpm-workspace.yaml':
      'packages:\n  - packages/core\n  - packages/middleware/*\n  - packages/prices\n  - packages/cepa\n',
    [`${prices}/package.json`]: manifestOf(prices, onCore),
    [`${prices}/src/index.ts`]: 'export const prices = 1\n',
  }
  expect(linesOf({ ...changes, 'packages/cepa/src/prices.ts': "export { prices } from '@cepa/prices'\n" })).toEqual([])
  const lines = linesOf({ ...changes, 'packages/cepa/src/index.ts': "export { prices } from '@cepa/prices'\n" })
  expect(lines.join()).toContain('imports @cepa/prices, an optional peer')
})

const forNode = (source) => ({
  [`${retry}/package.json`]: manifestOf(retry, { ...onCore, exports: withSubpath, cepa: { runtime: 'node' } }),
  [`${retry}/src/index.ts`]: source,
})

test('a package that says so may need Node', () => {
  const changes = { ...forNode("import 'node:fs'\nexport const retry = 1\n"), 'packages/cepa/src/index.ts': '' }
  expect(linesOf(changes)).toEqual([])
  expect(linesOf({ ...changes, [`${retry}/package.json`]: manifestOf(retry, onCore) })).toHaveLength(1)
})

test('it is found all the same where it is reached from what runs everywhere', () => {
  const lines = linesOf(forNode("import 'node:fs'\nexport const retry = 1\n"))
  expect(lines).toEqual([expect.stringContaining(`${retry}/src/index.ts:1: imports node:fs`)])
  expect(lines.join()).toContain('reached from the main entry of @cepa/middleware-retry and cepa')
})

test('a package that says so without need is found', () => {
  expect(linesOf(forNode('export const retry = 1\n'))).toEqual([
    `${retry}/package.json: says that it runs on Node only, but its main entry needs no part of it`,
  ])
})
