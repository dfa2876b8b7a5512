import fc from 'fast-check'
import { expect, test } from 'vitest'
import { count, counted, dollars, duration } from './quantities.ts'

test.each([
  [0, '0.0ms'],
  [1.26, '1.3ms'],
  [9.96, '10ms'],
  [999.4, '999ms'],
  [999.6, '1.00s'],
  [1241, '1.24s'],
  [9994, '9.99s'],
  [9996, '10.0s'],
  [30_241, '30.2s'],
  [59_960, '1m00s'],
  [125_000, '2m05s'],
  [3_599_600, '1h00m'],
  [3_671_000, '1h01m'],
  [360_000_000, '100h00m'],
])('%d milliseconds are %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('durations fit in their column, and are within a percent or a tenth of a millisecond', () => {
  const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
  fc.assert(
    fc.property(fc.double({ min: 0, max: 3.5e9, noNaN: true }), (ms) => {
      const text = duration(ms)
      expect(text.length).toBeLessThanOrEqual(7)
      const parts = [...text.matchAll(/([\d.]+)(ms|[smh])/g)]
      const sum = parts.reduce((total, [, number, unit]) => total + Number(number) * UNITS[unit as 'ms'], 0)
      expect(Math.abs(sum - ms)).toBeLessThanOrEqual(Math.max(0.51, ms * 0.009))
    }),
  )
})

test('counts have their thousands apart, and may be unknown', () => {
  expect([count(0), count(1204), count(1_234_567), count(1.25), count(undefined)]).toEqual([
    '0',
    '1,204',
    '1,234,567',
    '1.3',
    '?',
  ])
  expect([counted(1, 'call'), counted(2, 'call'), counted(0, 'call')]).toEqual(['1 call', '2 calls', '0 calls'])
})

test.each([
  [0, '$0'],
  [0.000_000_123, '$0.00000012'],
  [0.003_88, '$0.0039'],
  [0.5, '$0.50'],
  [0.993, '$0.99'],
  [0.996, '$1.00'],
  [1.204, '$1.20'],
  [1234.5, '$1234.50'],
])('%d dollars are %s', (usd, text) => {
  expect(dollars(usd)).toBe(text)
})
