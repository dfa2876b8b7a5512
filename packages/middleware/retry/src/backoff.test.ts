import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askedDelayMs, type Backoff, backoffMs } from './backoff.ts'

const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const delays = fc.tuple(fc.nat(1e7), fc.nat(1e7)).map(([a, b]) => ({
  minDelayMs: Math.min(a, b),
  maxDelayMs: Math.max(a, b),
}))
const attempts = fc.integer({ min: 1, max: 5000 })

test('doubles from the first wait to the longest', () => {
  const backoff: Backoff = { minDelayMs: 500, maxDelayMs: 3_000, jitter: 'none' }
  expect([1, 2, 3, 4, 5].map((attempt) => backoffMs(backoff, attempt, 0.5))).toEqual([500, 1000, 2000, 3000, 3000])
})

test('full jitter draws evenly from 0 to the whole wait', () => {
  const backoff: Backoff = { minDelayMs: 1000, maxDelayMs: 8_000, jitter: 'full' }
  expect([0, 0.25, 0.5, 0.9999].map((random) => backoffMs(backoff, 2, random))).toEqual([0, 500, 1000, 2000])
})

test('property: a wait is a whole number from 0 to the bound of its attempt, and none is longer than the longest', () => {
  fc.assert(
    fc.property(delays, attempts, draw, (given, attempt, random) => {
      const bound = backoffMs({ ...given, jitter: 'none' }, attempt, random)
      const drawn = backoffMs({ ...given, jitter: 'full' }, attempt, random)
      expect(Number.isSafeInteger(drawn)).toBe(true)
      expect(drawn).toBeGreaterThanOrEqual(0)
      expect(drawn).toBeLessThanOrEqual(bound)
      expect(bound).toBeLessThanOrEqual(given.maxDelayMs)
      expect(bound).toBeGreaterThanOrEqual(given.minDelayMs)
    }),
  )
})

test('property: bounds never shrink from one attempt to the next', () => {
  fc.assert(
    fc.property(delays, attempts, (given, attempt) => {
      const backoff: Backoff = { ...given, jitter: 'none' }
      expect(backoffMs(backoff, attempt + 1, 0)).toBeGreaterThanOrEqual(backoffMs(backoff, attempt, 0))
    }),
  )
})

test('property: what a provider asks for is waited in full, and at most a tenth longer', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e7, noNaN: true }), draw, (retryAfterMs, random) => {
      const waited = askedDelayMs(retryAfterMs, 'full', random)
      expect(waited).toBeGreaterThanOrEqual(retryAfterMs)
      expect(waited).toBeLessThanOrEqual(Math.ceil(retryAfterMs * 1.1))
      expect(askedDelayMs(retryAfterMs, 'none', random)).toBe(Math.ceil(retryAfterMs))
    }),
  )
})
