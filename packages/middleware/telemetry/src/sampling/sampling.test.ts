import type { CallRecord } from '@cepa/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newTraceId } from '../ids.ts'
import { headKeeps } from './head.ts'
import { keptFor } from './keep-rules.ts'
import { RateLimit } from './rate-limit.ts'
import { Sampler, type SamplingRules } from './sampler.ts'

const NO_RULES: SamplingRules = { ratio: 1, keepErrors: true, slowMs: undefined, costlyUsd: undefined }

/** A record as far as sampling looks at it. */
const recordOf = (parts: Partial<CallRecord> & { readonly ms?: number; readonly usd?: number } = {}): CallRecord => {
  const { ms = 100, usd, ...rest } = parts
  return {
    id: 'x',
    ending: 'done',
    trace: { traceId: newTraceId(), spanId: '1'.repeat(16), sampled: true },
    durations: { totalMs: ms, providerMs: ms, consumerMs: 0 },
    ...(usd !== undefined && { cost: { usd, attempts: [] } }),
    ...rest,
  } as CallRecord
}

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })

describe('head sampling', () => {
  test('keeps by the last 56 bits of the trace id: R ≥ T', () => {
    fc.assert(
      fc.property(hex(32), fc.double({ min: 0, max: 1, noNaN: true }), (traceId, ratio) => {
        const random = BigInt(`0x${traceId.slice(-14)}`)
        const threshold = BigInt(Math.round((1 - ratio) * 2 ** 56))
        expect(headKeeps(traceId, ratio)).toBe(ratio > 0 && (ratio >= 1 || random >= threshold))
      }),
      { numRuns: 2000 },
    )
  })

  test('what a lower ratio keeps, a higher one keeps too, in whatever service', () => {
    const ratios = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(hex(32), ratios, (traceId, [one, other]) => {
        if (headKeeps(traceId, Math.min(one, other))) expect(headKeeps(traceId, Math.max(one, other))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('keeps the share that it says, of the ids that are made here', () => {
    const ids = Array.from({ length: 20_000 }, newTraceId)
    for (const ratio of [0.01, 0.1, 0.5, 0.9]) {
      const share = ids.filter((id) => headKeeps(id, ratio)).length / ids.length
      // five standard deviations
      expect(Math.abs(share - ratio)).toBeLessThan(5 * Math.sqrt((ratio * (1 - ratio)) / ids.length))
    }
  })
})

describe('rules that keep', () => {
  const rules = { keepErrors: true, slowMs: 1000, costlyUsd: 0.5 }
  test.each([
    ['a failed call', recordOf({ ending: 'failed' }), 'error'],
    ['a missed deadline', recordOf({ ending: 'aborted', error: { name: 'T', message: '', kind: 'timeout' } }), 'error'],
    ['a broken hook', recordOf({ faults: [] }), 'error'],
    ['an abort by the caller', recordOf({ ending: 'aborted' }), undefined],
    ['a reader that left', recordOf({ ending: 'abandoned' }), undefined],
    ['a slow call', recordOf({ ms: 1001 }), 'slow'],
    ['one that is just in time', recordOf({ ms: 1000 }), undefined],
    ['a slow reader', recordOf({ durations: { totalMs: 9000, providerMs: 10, consumerMs: 8990 } }), undefined],
    ['a costly call', recordOf({ usd: 0.5 }), 'costly'],
    ['a cheap call', recordOf({ usd: 0.49 }), undefined],
  ])('%s', (_, record, reason) => {
    expect(keptFor(record, rules)).toBe(reason)
  })

  test('can be left out', () => {
    const none = { keepErrors: false, slowMs: undefined, costlyUsd: undefined }
    expect(keptFor(recordOf({ ending: 'failed', ms: 1e9, usd: 1e9 }), none)).toBeUndefined()
  })
})

test('a rate limit allows no more than its rate, and all of it', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), (waits, perSecond) => {
      const limit = new RateLimit(perSecond, 0)
      let now = 0
      let taken = 0
      for (const wait of waits) {
        now += wait
        if (limit.take(now)) taken += 1
      }
      expect(taken).toBeLessThanOrEqual(perSecond + (now * perSecond) / 1000 + 1e-9)
      if (taken < waits.length) expect(taken).toBeGreaterThanOrEqual(Math.min(waits.length, perSecond))
    }),
  )
})

/** Many calls of all kinds, a millisecond apart. */
function simulate(count: number, seed: number): CallRecord[] {
  let state = seed
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: count }, (_, index) => {
    const kind = random()
    const ending = kind < 0.03 ? 'failed' : 'done'
    const ms = kind > 0.95 ? 5000 + random() * 1000 : 100 + random() * 400
    const usd = random() < 0.02 ? 1 + random() : random() * 0.01
    return recordOf({ id: `call ${index}`, ending, ms, usd })
  })
}

const totals = (kept: readonly CallRecord[]) => {
  const sum = (of: (record: CallRecord) => number) =>
    kept.reduce((all, record) => all + (record.sampling?.weight ?? 1) * of(record), 0)
  return {
    calls: sum(() => 1),
    failed: sum(({ ending }) => (ending === 'failed' ? 1 : 0)),
    slow: sum(({ durations }) => (durations.providerMs > 1000 ? 1 : 0)),
    ms: sum(({ durations }) => durations.providerMs),
    usd: sum(({ cost }) => cost?.usd ?? 0),
  }
}

describe('the weights of what was kept', () => {
  const rules = { ratio: 0.1, keepErrors: true, slowMs: 1000, costlyUsd: 0.5 }
  const run = (calls: readonly CallRecord[], perSecond?: number) => {
    const sampler = new Sampler(perSecond)
    return calls.flatMap((record, index) => {
      const decision = sampler.decide(record, rules, { nowMs: index })
      return decision.keep ? [decision.sampling ? { ...record, sampling: decision.sampling } : record] : []
    })
  }
  const calls = simulate(50_000, 42)
  const truth = totals(calls)

  test('restore the totals of a sampled load; what rules keep is exact', () => {
    const kept = run(calls)
    expect(kept.length).toBeLessThan(calls.length * 0.25)
    const restored = totals(kept)
    expect(restored.failed).toBe(truth.failed)
    expect(restored.slow).toBe(truth.slow)
    for (const name of ['calls', 'ms', 'usd'] as const)
      expect(Math.abs(restored[name] / truth[name] - 1), name).toBeLessThan(0.03)
    const reasons = new Set(kept.map(({ sampling }) => sampling?.reason))
    expect(reasons).toEqual(new Set(['head', 'error', 'slow', 'costly']))
  })

  test('restore them also under a limit of records per second', () => {
    const kept = run(calls, 20)
    // 50 seconds: 20 a second of each kind, and the first second's worth
    expect(kept.length).toBeLessThanOrEqual(2 * (50 * 20 + 20))
    const restored = totals(kept)
    for (const name of ['calls', 'failed', 'slow', 'ms', 'usd'] as const)
      expect(Math.abs(restored[name] / truth[name] - 1), name).toBeLessThan(0.1)
  })

  test('under a limit alone, the number of calls is exact but for those that are carried last', () => {
    const sampler = new Sampler(10)
    let carried = 0
    let restored = 0
    for (const [index, record] of calls.entries()) {
      const decision = sampler.decide(record, NO_RULES, { nowMs: index })
      if (decision.keep) restored += decision.sampling?.weight ?? Number.NaN
      carried = calls.length - restored
    }
    expect(carried).toBeGreaterThanOrEqual(0)
    expect(carried).toBeLessThan(2000)
  })

  test('are absent where nothing is sampled, and 1 where the caller wants it kept', () => {
    const sampler = new Sampler()
    expect(sampler.decide(recordOf(), NO_RULES, { nowMs: 0 })).toEqual({ keep: true })
    const none = { ...NO_RULES, ratio: 0 }
    expect(sampler.decide(recordOf(), none, { nowMs: 0 })).toEqual({ keep: false, by: 'head' })
    const said = sampler.decide(recordOf(), none, { nowMs: 0, said: true })
    expect(said).toEqual({ keep: true, sampling: { reason: 'call', weight: 1 } })
  })
})
