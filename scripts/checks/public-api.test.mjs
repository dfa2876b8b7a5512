import { expect, test } from 'vitest'
import { snapshotsOf } from '../lib/api.mjs'
import { listPackages } from '../lib/workspace.mjs'
import { asLines, workspace } from './clean-workspace.mjs'
import { findApiChanges } from './public-api.mjs'

const retry = 'packages/middleware/retry'
const built = {
  'packages/core/dist/index.d.ts': 'export declare const middleware: unknown;\n',
  'packages/cepa/dist/index.d.ts': "export { middleware } from '@cepa/core';\n",
  [`${retry}/dist/index.d.ts`]: 'export declare const retry: () => unknown;\n',
  [`${retry}/dist/node.d.ts`]: 'export declare const now: () => bigint;\n',
}
const committed = Object.fromEntries(
  listPackages(workspace(built)).flatMap((pkg) =>
    pkg.manifest.private ? [] : [...snapshotsOf(workspace(built), pkg)],
  ),
)
const linesOf = (changes) => asLines(findApiChanges(workspace({ ...built, ...committed, ...changes })))

test('committed snapshots of what was built have no findings', () => {
  expect(Object.keys(committed)).toHaveLength(4)
  expect(linesOf({})).toEqual([])
})

test('a change of the surface is found and shown', () => {
  const lines = linesOf({ [`${retry}/dist/index.d.ts`]: 'export declare const retry: (times: number) => unknown;\n' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(`${retry}/api/index.api.d.ts: differs from the build`)
  expect(lines[0]).toContain('- export const retry: () => unknown;\n+ export const retry: (times: number) => unknown;')
})

test('a comment is no change of the surface', () => {
  expect(linesOf({ [`${retry}/dist/node.d.ts`]: '/** Now. */\nexport declare const now: () => bigint;\n' })).toEqual([])
})

test('a snapshot that is missing, one without an entry and a package that is not built are found', () => {
  expect(linesOf({ [`${retry}/api/node.api.d.ts`]: undefined })).toEqual([
    expect.stringContaining('node.api.d.ts: is missing'),
  ])
  expect(linesOf({ [`${retry}/api/old.api.d.ts`]: '' })).toEqual([
    expect.stringContaining('old.api.d.ts: belongs to no entry'),
  ])
  expect(linesOf({ [`${retry}/dist/node.d.ts`]: undefined })).toEqual([expect.stringContaining('run `npm run build`')])
})
