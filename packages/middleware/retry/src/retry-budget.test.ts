import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

const taken = (budget: RetryBudget, tries: number, now = 0): number =>
  Array.from({ length: tries }, () => budget.take(now)).filter(Boolean).length

test('starts with its burst and gives no more', () => {
  expect(taken(new RetryBudget({ ratio: 0, minPerSecond: 0, burst: 3 }), 10)).toBe(3)
})

test('calls earn retries, exactly one for so many', () => {
  const budget = new RetryBudget({ ratio: 0.1, minPerSecond: 0, burst: 5 })
  expect(taken(budget, 5)).toBe(5)
  for (let calls = 0; calls < 9; calls++) budget.earn(0)
  expect(budget.take(0)).toBe(false)
  budget.earn(0)
  expect(budget.take(0)).toBe(true)
  expect(budget.take(0)).toBe(false)
})

test('time earns retries, and no more than the burst', () => {
  const budget = new RetryBudget({ ratio: 0, minPerSecond: 2, burst: 4 })
  expect(taken(budget, 9, 1000)).toBe(4)
  expect(taken(budget, 9, 2500)).toBe(3)
  expect(taken(budget, 9, 1_000_000)).toBe(4)
})

test('a clock that is behind another one earns nothing', () => {
  const budget = new RetryBudget({ ratio: 0, minPerSecond: 1000, burst: 1 })
  expect(taken(budget, 2, 5000)).toBe(1)
  expect(taken(budget, 2, 0)).toBe(0)
  expect(taken(budget, 2, 5000)).toBe(0)
})

const step = fc.oneof(
  fc.constant('call' as const),
  fc.constant('retry' as const),
  fc.record({ waitMs: fc.double({ min: 0, max: 5000, noNaN: true }) }),
)

test('property: retries are at most burst + ratio × calls + rate × seconds, at every moment', () => {
  const options = fc.record({
    ratio: fc.double({ min: 0, max: 1, noNaN: true }),
    minPerSecond: fc.double({ min: 0, max: 50, noNaN: true }),
    burst: fc.integer({ min: 1, max: 30 }),
  })
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 300 }), (limits, steps) => {
      const budget = new RetryBudget(limits)
      let now = 0
      let calls = 0
      let retries = 0
      for (const each of steps) {
        if (each === 'call') {
          calls++
          budget.earn(now)
        } else if (each === 'retry') retries += budget.take(now) ? 1 : 0
        else now += each.waitMs
        const bound = limits.burst + limits.ratio * calls + (limits.minPerSecond * now) / 1000
        expect(retries).toBeLessThanOrEqual(bound + 1e-6)
      }
    }),
  )
})
