import { expect, test } from 'vitest'
import { bytesText, countText, durationText, tenths, usdText } from './quantities.ts'

test.each([
  [0, '0 ms'],
  [0.04, '0 ms'],
  [1.25, '1.3 ms'],
  [9.99, '10 ms'],
  [412.6, '413 ms'],
  [999.4, '999 ms'],
  [999.6, '1 s'],
  [1840, '1.84 s'],
  [12_345, '12.3 s'],
  [30_000, '30 s'],
  [59_990, '60 s'],
  [60_000, '1 min'],
  [125_400, '2 min 5 s'],
  [3_600_000, '1 h'],
  [5_430_000, '1 h 31 min'],
  [3_599_600, '1 h'],
  [7_199_000, '2 h'],
])('%d ms read as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

test.each([
  [undefined, '?'],
  [0, '0'],
  [999, '999'],
  [1024, '1,024'],
  [1_234_567, '1,234,567'],
])('%s tokens read as %s', (count, text) => {
  expect(countText(count)).toBe(text)
})

test.each([
  [0, '$0'],
  [12.345, '$12.35'],
  [0.999, '$1.00'],
  [0.0031415, '$0.0031'],
  [0.00002, '$0.00002'],
  [0.0000001, 'under $0.000001'],
])('%d dollars read as %s', (usd, text) => {
  expect(usdText(usd)).toBe(text)
})

test('milliseconds are logged to a tenth', () => {
  expect(tenths(412.6789)).toBe(412.7)
})

test.each([
  [undefined, '?'],
  [0, '0 B'],
  [87, '87 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1234, '1.2 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [34_087, '34 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [2_500_000_000, '2.5 GB'],
])('%s bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
