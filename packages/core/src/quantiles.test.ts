import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Quantiles } from './quantiles.ts'

const durations = fc.oneof(
  fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
  fc.double({ min: 0.1, max: 1000, noNaN: true }),
  fc.integer({ min: 0, max: 100 }),
)
const shares = fc.oneof(fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 1), fc.double({ min: 0, max: 1, noNaN: true }))

const sketchOf = (values: readonly number[]): Quantiles => {
  const sketch = new Quantiles()
  for (const value of values) sketch.record(value)
  return sketch
}

/** The value at rank ⌈share × count⌉, from all of them. */
const exactly = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number
}

const off = (seen: number, exact: number): number => (exact === 0 ? seen : Math.abs(seen - exact) / exact)

describe('quantiles', () => {
  test('any quantile is within 1 % of the value at its rank', () => {
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1, maxLength: 300 }), shares, (values, share) => {
        expect(off(sketchOf(values).quantile(share) as number, exactly(values, share))).toBeLessThanOrEqual(0.01)
      }),
      { numRuns: 2000 },
    )
  })

  test('count, least and greatest are exact, the mean is', () => {
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1 }), (values) => {
        const sketch = sketchOf(values)
        expect([sketch.count, sketch.min, sketch.max]).toEqual([
          values.length,
          Math.min(...values),
          Math.max(...values),
        ])
        expect(sketch.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6)
      }),
    )
  })

  test('quantiles rise with their share', () => {
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1 }), shares, shares, (values, one, other) => {
        const sketch = sketchOf(values)
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        expect(sketch.quantile(low)).toBeLessThanOrEqual(sketch.quantile(high) as number)
      }),
    )
  })

  test('two merged are the same as one that saw everything', () => {
    fc.assert(
      fc.property(fc.array(durations), fc.array(durations, { minLength: 1 }), shares, (some, others, share) => {
        const merged = sketchOf(some)
        merged.merge(sketchOf(others))
        const all = sketchOf([...some, ...others])
        expect([merged.count, merged.min, merged.max, merged.quantile(share)]).toEqual([
          all.count,
          all.min,
          all.max,
          all.quantile(share),
        ])
      }),
    )
  })

  test('since a copy: what was recorded after it', () => {
    fc.assert(
      fc.property(fc.array(durations), fc.array(durations, { minLength: 1 }), shares, (before, after, share) => {
        const sketch = sketchOf(before)
        const earlier = new Quantiles()
        earlier.merge(sketch)
        for (const value of after) sketch.record(value)
        const rest = sketch.since(earlier)
        expect(rest.count).toBe(after.length)
        for (const [seen, exact] of [
          [rest.quantile(share), exactly(after, share)],
          [rest.min, Math.min(...after)],
          [rest.max, Math.max(...after)],
        ]) {
          expect(off(seen as number, exact as number)).toBeLessThanOrEqual(0.01)
        }
      }),
    )
    expect(
      sketchOf([0, 5])
        .since(sketchOf([0, 5]))
        .quantile(0.5),
    ).toBeUndefined()
  })

  test('an empty one knows nothing, also after a reset', () => {
    const sketch = sketchOf([1, 2, 3])
    sketch.reset()
    for (const each of [new Quantiles(), sketch]) {
      expect([each.count, each.mean, each.min, each.max, each.quantile(0.5)]).toEqual([
        0,
        undefined,
        undefined,
        undefined,
        undefined,
      ])
    }
    sketch.record(7)
    expect([sketch.count, sketch.min, sketch.max, sketch.quantile(0.5)]).toEqual([1, 7, 7, 7])
  })

  test('takes values of every size, and leaves out what is no number', () => {
    const sketch = sketchOf([0, -5, 1e-12, Number.MIN_VALUE, 1e300, Number.POSITIVE_INFINITY, Number.NaN])
    expect(sketch.count).toBe(6)
    expect([sketch.min, sketch.max]).toEqual([0, Number.POSITIVE_INFINITY])
    expect(sketch.quantile(0.5)).toBe(0)
  })

  test('holds for a hundred thousand values', () => {
    const sketch = new Quantiles()
    for (let index = 0; index < 100_000; index++) sketch.record(index / 100)
    expect(off(sketch.quantile(0.95) as number, 950)).toBeLessThan(0.01)
    expect(off(sketch.quantile(0.5) as number, 500)).toBeLessThan(0.01)
  })

  test('refuses a share that is none', () => {
    expect(() => new Quantiles().quantile(1.5)).toThrow(RangeError)
    expect(() => new Quantiles().quantile(95)).toThrow('from 0 to 1, not 95')
  })
})
