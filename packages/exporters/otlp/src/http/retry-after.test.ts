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
  ['Wednesday, 31-Dec-25 23:59:59 GMT', 0],
  ['in a minute', undefined],
])('%s', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected)
})
