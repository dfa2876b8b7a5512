import { expect, test } from 'vitest'
import { asLines, manifestOf, workspace } from './clean-workspace.mjs'
import { findUntestedByKits } from './conformance.mjs'

const tested = { 'packages/middleware/retry/src/retry.test.ts': 'await testMiddleware({ make: () => retry() })\n' }

test('packages whose tests run the kit of their room have no findings, and rooms without a kit need none', () => {
  expect(asLines(findUntestedByKits(workspace(tested)))).toEqual([])
})

test.each([
  ['no test', {}],
  ['another kit', { 'packages/middleware/retry/src/retry.test.ts': 'await testExporter({ make: retry })\n' }],
  ['a kit outside of tests', { 'packages/middleware/retry/src/kit.ts': 'await testMiddleware({ make: retry })\n' }],
  ['the test of another package', { 'packages/core/src/retry.test.ts': 'await testMiddleware({ make: retry })\n' }],
])('%s is found', (_, planted) => {
  expect(asLines(findUntestedByKits(workspace(planted)))).toEqual([
    'packages/middleware/retry: has no test that runs the conformance kit: testMiddleware()',
  ])
})

test('an exporter is held to the kit of exporters', () => {
  const folder = 'packages/exporters/console'
  const found = findUntestedByKits(
    workspace({
      ...tested,
      'pnpm-workspace.yaml': 'packages:\n  - packages/middleware/*\n  - packages/exporters/*\n',
      [`${folder}/package.json`]: manifestOf(folder),
    }),
  )
  expect(asLines(found)).toEqual([`${folder}: has no test that runs the conformance kit: testExporter()`])
})
