import { expect, test } from 'vitest'
import { asLines, manifestOf, onCore, workspace } from './clean-workspace.mjs'
import { findCycles } from './cycles.mjs'

const linesOf = (changes) => asLines(findCycles(workspace(changes)))

test('a cycle of types alone has no findings', () => {
  expect(linesOf({})).toEqual([])
})

test('a cycle of files is found', () => {
  const lines = linesOf({
    'packages/core/src/call.ts': "import { a } from './attempt.ts'\n",
    'packages/core/src/attempt.ts': "import { b } from './middleware.ts'\n",
    'packages/core/src/middleware.ts': "import { c } from './call.ts'\n",
  })
  expect(lines).toEqual([expect.stringContaining('imports itself: ')])
  expect(lines[0]).toMatch(/attempt\.ts → .*middleware\.ts → .*call\.ts → .*attempt\.ts/)
})

test('a file that imports itself is found', () => {
  expect(linesOf({ 'packages/core/src/call.ts': "export { a } from './call.ts'\n" })).toHaveLength(1)
})

test('a cycle of packages is found, one through development dependencies is not', () => {
  const retry = 'packages/middleware/retry'
  const file = { [`${retry}/package.json`]: manifestOf(retry, onCore) }
  const core = (section) => ({
    ...file,
    'packages/core/package.json': manifestOf('packages/core', {
      [section]: { '@cepa/middleware-retry': 'workspace:^' },
    }),
  })
  expect(linesOf(core('devDependencies'))).toEqual([])
  expect(linesOf(core('peerDependencies')).join()).toContain('@cepa/core → @cepa/middleware-retry → @cepa/core')
})

test('a cycle of scripts is found', () => {
  expect(linesOf({ 'scripts/bootstrap.mjs': "import './run.mjs'\n" })).toHaveLength(1)
})
