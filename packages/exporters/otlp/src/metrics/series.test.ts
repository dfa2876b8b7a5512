import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Series } from './series.ts'

const bounds = [0.01, 0.5, 1, 10]
const values = fc.array(fc.oneof(fc.constantFrom(...bounds), fc.double({ min: 0, max: 20, noNaN: true })))

/** The same by looking at every value. */
const brute = (given: readonly number[]) => ({
  count: given.length,
  buckets: [...bounds, Number.POSITIVE_INFINITY].map(
    (bound, index) => given.filter((value) => value <= bound && !(value <= (bounds[index - 1] ?? -1))).length,
  ),
})

test('buckets hold what is at most their bound', () => {
  fc.assert(
    fc.property(values, (given) => {
      const series = new Series({}, bounds)
      for (const value of given) series.add(value, 1)
      const { count, buckets, sum } = series.totals()
      expect({ count, buckets }).toEqual(brute(given))
      expect(sum).toBeCloseTo(
        given.reduce((all, value) => all + value, 0),
        6,
      )
      if (given.length > 0) expect([series.min, series.max]).toEqual([Math.min(...given), Math.max(...given)])
    }),
  )
})

test('what was sent in parts is everything once, whichever sendings failed', () => {
  const step = fc.record({ value: fc.double({ min: 0, max: 20, noNaN: true }), arrives: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const series = new Series({}, bounds)
      const arrived = { count: 0, buckets: bounds.concat(0).map(() => 0) }
      const deliver = (): void => {
        const all = series.totals()
        const part = series.unsent(all)
        arrived.count += part.count
        arrived.buckets = arrived.buckets.map((each, index) => each + (part.buckets[index] as number))
        series.sent(all)
      }
      for (const { value, arrives } of steps) {
        series.add(value, 1)
        if (arrives) deliver()
      }
      deliver()
      expect(arrived).toEqual(brute(steps.map(({ value }) => value)))
    }),
  )
})

test('numbers of values are whole and agree with the buckets, whatever the weights', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.double({ min: 1, max: 50, noNaN: true }))),
      (given) => {
        const series = new Series({}, bounds)
        for (const [value, weight] of given) series.add(value, weight)
        const { count, buckets } = series.totals()
        expect(buckets.every(Number.isInteger)).toBe(true)
        expect(buckets.reduce((sum, each) => sum + each, 0)).toBe(count)
        const weights = given.reduce((sum, [, weight]) => sum + weight, 0)
        expect(Math.abs(count - weights)).toBeLessThanOrEqual(bounds.length + 1)
      },
    ),
  )
})
