import fc from 'fast-check'
import { expect, test } from 'vitest'
import { waitOf } from './answer.ts'

const now = Date.UTC(2026, 0, 1)

test('a server may say in seconds or by a date how long to wait; nothing else is a time', () => {
  fc.assert(fc.property(fc.nat(1_000_000), (seconds) => waitOf(` ${seconds} `, now) === seconds * 1000))
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (seconds) => {
      expect(waitOf(new Date(now + seconds * 1000).toUTCString(), now)).toBe(Math.max(0, seconds * 1000))
    }),
  )
  for (const other of [null, '', 'soon', '-3', '1.5', '3 s', 'Infinity', '0x10'])
    expect(waitOf(other, now)).toBeUndefined()
})

test('what is told is a number of milliseconds that can be waited, or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const wait = waitOf(value, now)
      if (wait !== undefined) expect(wait).toBeGreaterThanOrEqual(0)
    }),
  )
})
