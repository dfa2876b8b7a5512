import { costFact, middleware, OptionError, type Pipeline, pipeline, route, usageFact } from '@cepa/core'
import { collect, fakeProvider, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { request, slowStore, spiedStore } from '../test/stores.ts'
import { cache } from './cache.ts'
import { getCacheMetrics } from './cache-metrics.ts'
import { memoryStore } from './memory-store.ts'

const asking = (chat: Pipeline, seed: number) => chat.complete({ ...request, seed })
const priced = (usd: number | undefined) =>
  middleware({
    name: 'priced',
    gives: [costFact, usageFact],
    end: (call) => {
      call.give(costFact, { ...(usd !== undefined && { usd }), attempts: [] })
      call.give(usageFact, { answer: { inputTokens: 100, outputTokens: 10, source: 'estimate' }, attempts: [] })
    },
  })

describe('the metrics of a pipeline', () => {
  test('count what happened, and what it saved', async () => {
    const clock = virtualClock()
    const provider = fakeProvider({ headersMs: 200, everyMs: 10, text: 'one two three' })
    const chat = pipeline({ adapter: provider, layers: [cache({ scope: 'shared' }), priced(0.25)], clock })
    for (const seed of [1, 1, 2, 1]) await clock.runUntil(asking(chat, seed))
    expect(JSON.parse(JSON.stringify(getCacheMetrics(chat)))).toEqual({
      caches: 1,
      hits: 2,
      misses: 2,
      errors: 0,
      hitRatio: 0.5,
      stores: 2,
      notStored: 0,
      evictions: 0,
      entries: 2,
      bytes: expect.any(Number),
      lookups: { count: 4, p50Ms: 0, p95Ms: 0 },
      writes: { count: 2, p50Ms: 0, p95Ms: 0 },
      saved: { inputTokens: 4, outputTokens: 6, unknownUsage: 0, usd: 0.5, unknownCost: 0, ms: 460 },
    })
  })

  test('unknown is told apart from nothing', async () => {
    const empty = pipeline(fakeProvider())
    expect(getCacheMetrics(empty)).toMatchObject({ caches: 0, hits: 0, lookups: { count: 0 } })
    expect(getCacheMetrics(empty)).not.toHaveProperty('bytes')
    expect(getCacheMetrics(empty)).not.toHaveProperty('hitRatio')
    const { get, set, delete: drop } = memoryStore()
    const store = { name: 'dumb', get, set, delete: drop }
    const chat = pipeline(fakeProvider({ text: 'a', usage: false }), cache({ scope: 'shared', store }))
    await asking(chat, 1)
    await asking(chat, 1)
    const metrics = getCacheMetrics(chat)
    for (const field of ['bytes', 'entries', 'evictions']) expect(metrics).not.toHaveProperty(field)
    expect(metrics.saved).toEqual({
      inputTokens: 0,
      outputTokens: 0,
      unknownUsage: 1,
      unknownCost: 1,
      ms: expect.any(Number),
    })
  })

  test('tokens that a layer inside estimated stand in for those that the provider did not tell', async () => {
    const chat = pipeline(fakeProvider({ text: 'a', usage: false }), cache({ scope: 'shared' }), priced(undefined))
    await asking(chat, 1)
    await asking(chat, 1)
    expect(getCacheMetrics(chat).saved).toMatchObject({ inputTokens: 100, outputTokens: 10, unknownCost: 1 })
    expect(getCacheMetrics(chat).saved).not.toHaveProperty('usd')
  })

  test('durations of lookups and writes are percentiles, not what calls took', async () => {
    const clock = virtualClock()
    const store = slowStore(clock, { getMs: 20, setMs: 70 })
    const chat = pipeline({
      adapter: fakeProvider({ headersMs: 1000, text: 'a' }),
      layers: [cache({ scope: 'shared', store })],
      clock,
    })
    for (const seed of [1, 2, 3]) await clock.runUntil(asking(chat, seed))
    await clock.advance(100)
    expect(getCacheMetrics(chat)).toMatchObject({
      lookups: { count: 3, p50Ms: 20, p95Ms: 20 },
      writes: { count: 3, p50Ms: 70, p95Ms: 70 },
    })
  })

  test('evictions are counted, and a reset begins anew without forgetting what is held', async () => {
    const chat = pipeline(fakeProvider('a '.repeat(300)), cache({ scope: 'shared', maxBytes: 20_000 }))
    for (let seed = 0; seed < 20; seed++) await asking(chat, seed)
    const before = getCacheMetrics(chat)
    expect(before.evictions).toBeGreaterThan(5)
    before.reset()
    expect(getCacheMetrics(chat)).toMatchObject({
      hits: 0,
      misses: 0,
      stores: 0,
      evictions: 0,
      entries: before.entries,
      bytes: before.bytes,
      lookups: { count: 0 },
      saved: { ms: 0 },
    })
    await asking(chat, 19)
    expect(getCacheMetrics(chat)).toMatchObject({ hits: 1, misses: 0, hitRatio: 1 })
  })

  test('a delta is what came since, percentiles too', async () => {
    const clock = virtualClock()
    let getMs = 40
    const memory = memoryStore()
    const store = spiedStore({
      get: (key) => new Promise((resolve) => void clock.setTimer(getMs, () => resolve(memory.get(key)))),
      set: (...parts) => memory.set(...parts),
      stats: () => memory.stats(),
    })
    const chat = pipeline({ adapter: fakeProvider(), layers: [cache({ scope: 'shared', store })], clock })
    for (let seed = 0; seed < 5; seed++) await clock.runUntil(asking(chat, seed))
    const before = getCacheMetrics(chat)
    getMs = 10
    for (const seed of [0, 1, 9]) await clock.runUntil(asking(chat, seed))
    const delta = getCacheMetrics(chat).delta(before)
    expect(delta).toMatchObject({ hits: 2, misses: 1, stores: 1, entries: 6, evictions: 0, saved: { inputTokens: 4 } })
    expect(delta.hitRatio).toBeCloseTo(2 / 3)
    expect(delta.lookups.count).toBe(3)
    expect(Math.abs((delta.lookups.p95Ms ?? 0) - 10)).toBeLessThan(0.1)
    expect(getCacheMetrics(chat).delta(getCacheMetrics(chat))).toMatchObject({
      hits: 0,
      misses: 0,
      lookups: { count: 0 },
    })
    before.reset()
    await clock.runUntil(asking(chat, 0))
    expect(getCacheMetrics(chat).delta(before)).toMatchObject({ hits: 1, misses: 0 })
  })

  test('a delta to a reading of something else is refused', async () => {
    const [one, other] = [cache({ scope: 'shared' }), cache({ scope: 'shared' })].map((layer) =>
      pipeline(fakeProvider(), layer),
    )
    const reading = getCacheMetrics(one as Pipeline)
    expect(() => reading.delta(getCacheMetrics(other as Pipeline))).toThrow(OptionError)
    expect(() => reading.delta({ ...reading })).toThrow('it must be an earlier reading of the same pipeline')
  })
})

describe('over a route', () => {
  test('the sum of all targets, each cache and each store once', async () => {
    const store = memoryStore()
    const [a, b] = [cache({ scope: 'shared', store }), cache({ scope: 'shared' })]
    const ask = pipeline(
      route({
        a: pipeline(fakeProvider('x', { name: 'a' }), a),
        again: pipeline(fakeProvider('x', { name: 'again' }), a),
        b: pipeline(pipeline(fakeProvider('x', { name: 'b' }), b)),
        bare: fakeProvider('x', { name: 'bare' }),
      }),
      cache({ scope: 'shared', store, name: 'around', mode: 'bypass' }),
    )
    for (const model of ['a/m', 'a/m', 'again/m', 'b/m', 'b/m', 'b/m', 'bare/m']) {
      await collect(ask({ ...request, model }))
    }
    const metrics = getCacheMetrics(ask)
    expect(metrics).toMatchObject({ caches: 3, hits: 3, misses: 3, stores: 3, entries: 3, lookups: { count: 6 } })
    const alone = pipeline(fakeProvider(), b)
    expect(metrics.bytes).toBe(store.stats().bytes + (getCacheMetrics(alone).bytes ?? 0))
    metrics.reset()
    expect(getCacheMetrics(ask).hits).toBe(0)
    expect(getCacheMetrics(alone).hits).toBe(0)
  })

  test('a store that cannot tell leaves its numbers out of the sum, and one that fails to tell does no harm', () => {
    const failing = spiedStore({
      stats: () => {
        throw new Error('boom')
      },
    })
    const ask = pipeline(
      route({
        a: pipeline(fakeProvider(), cache({ scope: 'shared' })),
        b: pipeline(fakeProvider(), cache({ scope: 'shared', store: failing })),
      }),
    )
    expect(getCacheMetrics(ask)).toMatchObject({ caches: 2 })
    expect(getCacheMetrics(ask)).not.toHaveProperty('bytes')
  })
})
