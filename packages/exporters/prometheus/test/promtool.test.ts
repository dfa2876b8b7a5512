import { expect, test } from 'vitest'
import { missing } from './promtool.ts'

/** What was done with a test. */
function done(environment: { readonly CI?: string }): unknown {
  const skipped = new Error('skipped')
  const context = {
    skip: () => {
      throw skipped
    },
  }
  try {
    return missing(context as never, environment)
  } catch (error) {
    return error === skipped ? 'skipped' : (error as Error).message
  }
}

test('where there is no promtool a test is skipped, but fails where every test must run', () => {
  expect(done({})).toBe('skipped')
  expect(done({ CI: 'true' })).toContain('promtool is not installed')
})
