import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Usage, UsageSource } from './event.ts'
import { COUNTS, leastCertain, sumUsage } from './usage-sum.ts'

const source = fc.constantFrom<UsageSource>('provider', 'partial', 'estimate')
const count = fc.integer({ min: 0, max: 1_000_000 })
const usage = fc
  .record(
    { ...Object.fromEntries(COUNTS.map((name) => [name, count])), serviceTier: fc.constantFrom('default', 'flex') },
    { requiredKeys: [] },
  )
  .chain((counts) => source.map((from) => ({ ...counts, source: from }) as Usage))
const usages = fc.array(fc.option(usage, { nil: undefined }), { maxLength: 6 })

describe('sumUsage', () => {
  test('does not depend on the order', () => {
    fc.assert(
      fc.property(usages, (list) => {
        expect(sumUsage(list.toReversed())).toEqual(sumUsage(list))
      }),
    )
  })

  test('of one usage is that usage', () => {
    fc.assert(fc.property(usage, (one) => void expect(sumUsage([one])).toEqual(one)))
  })

  test('adds each count, and knows input and output only where all are known', () => {
    fc.assert(
      fc.property(usages, (list) => {
        const sum = sumUsage(list)
        for (const name of COUNTS) {
          const numbers = list.flatMap((each) => each?.[name] ?? [])
          const whole = name === 'inputTokens' || name === 'outputTokens'
          const known = numbers.length > 0 && (!whole || numbers.length === list.length)
          expect(sum?.[name]).toBe(known ? numbers.reduce((a, b) => a + b, 0) : undefined)
        }
      }),
    )
  })

  test('is as certain as its least certain part', () => {
    expect(leastCertain([])).toBeUndefined()
    expect(leastCertain(['provider', 'partial'])).toBe('partial')
    expect(leastCertain(['estimate', 'provider'])).toBe('estimate')
    expect(sumUsage([{ inputTokens: 1, source: 'provider' }, undefined])).toEqual({ source: 'partial' })
  })

  test('of nothing, or nothing known, is nothing', () => {
    expect(sumUsage([])).toBeUndefined()
    expect(sumUsage([undefined, undefined])).toBeUndefined()
  })

  test('adds uses of tools by name, and keeps a tier that all had', () => {
    const one: Usage = { inputTokens: 1, serverToolUses: { web_search: 1 }, serviceTier: 'flex', source: 'provider' }
    const two: Usage = {
      inputTokens: 2,
      serverToolUses: { web_search: 2, x: 1 },
      serviceTier: 'flex',
      source: 'provider',
    }
    expect(sumUsage([one, two])).toEqual({
      inputTokens: 3,
      serverToolUses: { web_search: 3, x: 1 },
      serviceTier: 'flex',
      source: 'provider',
    })
    expect(sumUsage([one, { ...two, serviceTier: 'default' }])?.serviceTier).toBeUndefined()
  })
})
