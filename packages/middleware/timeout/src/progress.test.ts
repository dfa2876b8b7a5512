import type { Attempt, Ending } from '@cepa/core'
import { expect, test } from 'vitest'
import { progressOf } from './progress.ts'

const attempt = (more: Partial<Attempt> = {}): Attempt =>
  ({ index: 0, provider: 'fake', model: 'm', startedAt: 0, won: false, ...more }) as Attempt
const failed = attempt({ ending: { kind: 'failed' } as Ending, headersMs: 3 })

test.each([
  [{ replied: true, events: 12, attempts: [attempt()] }, 'after headers and 12 events'],
  [{ replied: true, events: 1, attempts: [] }, 'after headers and 1 event'],
  [{ replied: true, events: 0, attempts: [] }, 'after headers and 0 events'],
  [{ replied: false, events: 0, attempts: [] }, 'before any attempt'],
  [{ replied: false, events: 0, attempts: [attempt()] }, 'no headers yet'],
  [{ replied: false, events: 0, attempts: [attempt({ headersMs: 5 })] }, 'after headers, no content yet'],
  [{ replied: false, events: 0, attempts: [failed] }, 'after 1 failed attempt, before the next'],
  [{ replied: false, events: 0, attempts: [failed, failed] }, 'after 2 failed attempts, before the next'],
  [{ replied: false, events: 0, attempts: [failed, attempt()] }, 'no headers yet, in attempt 2'],
])('%j', (seen, words) => {
  expect(progressOf(seen)).toBe(words)
})
