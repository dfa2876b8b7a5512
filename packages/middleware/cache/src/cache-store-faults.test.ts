import { type CacheEntry, type CacheStore, cacheFact, logNote, type Middleware, pipeline } from '@cepa/core'
import { collect, fakeProvider, inTurn, outcomeOf, recorder, type Script, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { request, slowStore, spiedStore } from '../test/stores.ts'
import { cache } from './cache.ts'
import { getCacheMetrics } from './cache-metrics.ts'
import { CacheMissError } from './cache-miss-error.ts'
import type { CacheOptions } from './cache-options.ts'
import { memoryStore } from './memory-store.ts'

function bench(store: CacheStore | undefined, rest: Partial<CacheOptions> = {}, script: Script = 'Hello') {
  const clock = virtualClock()
  const seen = recorder()
  const provider = fakeProvider(script)
  const outer = seen.layer('outer', { reads: [cacheFact] }) as Middleware<'outer'>
  const layer = cache({ scope: 'shared', ...(store && { store }), ...rest })
  const chat = pipeline({
    adapter: provider,
    layers: [outer, layer],
    clock,
    report: (fault) => expect.fail(String(fault.error)),
  })
  const told = () =>
    seen.passesOf('outer').map(({ facts, notes }) => ({
      outcome: (facts.cache as { outcome: string }).outcome,
      logged: notes.filter(logNote.is).map(({ value }) => value.message),
    }))
  return { clock, seen, provider, chat, told }
}

const boom = (): never => {
  throw new Error('boom')
}
const rejecting = () => Promise.reject(new Error('boom'))
const never = () => new Promise<never>(() => undefined)

describe('a lookup', () => {
  test.each<readonly [what: string, get: CacheStore['get'], seen: { readonly ms?: number; readonly logged?: string }]>([
    ['throws', boom, { logged: 'boom' }],
    ['rejects', rejecting, { logged: 'boom' }],
    [
      'throws what is no error',
      () => {
        throw 'text'
      },
      { logged: 'the store threw a string' },
    ],
    ['never answers', never, { ms: 50, logged: 'the store did not answer within 50 ms' }],
    ['gives what is no entry', () => 'text' as never, {}],
    ['gives null', () => null as never, {}],
    [
      'gives damaged bytes',
      () => ({ value: Uint8Array.of(1), storedAt: Date.UTC(2026, 0, 1), metadata: { format: 1 } }),
      {},
    ],
  ])(
    'of a store that %s costs no more than storeTimeoutMs, and the call goes on',
    async (_what, get, { ms = 0, logged = '' }) => {
      const store = spiedStore({ get })
      const { clock, chat, provider, told } = bench(store)
      expect((await clock.runUntil(chat.complete(request))).text).toBe('Hello')
      expect(clock.now()).toBe(ms)
      expect(provider.last.startedAt).toBe(ms)
      expect(told()).toEqual([
        { outcome: 'error', logged: [expect.stringContaining(`cache: the store failed: ${logged}`)] },
      ])
      expect(store.asked.set).toBe(1)
      expect(getCacheMetrics(chat)).toMatchObject({ errors: 1, misses: 0, hitRatio: 0, lookups: { count: 1 } })
      expect(clock.pending).toEqual([])
    },
  )

  test('that is slow but in time is a hit, and its time is told', async () => {
    const clock = virtualClock()
    const store = slowStore(clock, { getMs: 49 })
    const seen = recorder()
    const chat = pipeline({
      adapter: fakeProvider(),
      layers: [seen.layer('outer', { reads: [cacheFact] }), cache({ scope: 'shared', store })],
      clock,
    })
    await clock.runUntil(chat.complete(request))
    await clock.runUntil(chat.complete(request))
    expect(clock.now()).toBe(98)
    expect(seen.passesOf('outer')[1]?.facts).toMatchObject({ cache: { outcome: 'hit', lookupMs: 49 } })
  })

  test('the bound is the one that was stated', async () => {
    const { clock, chat } = bench(spiedStore({ get: never }), { storeTimeoutMs: 5 })
    await clock.runUntil(chat.complete(request))
    expect(clock.now()).toBe(5)
  })

  test('an answer of the store that comes too late, good or bad, changes nothing', async () => {
    for (const late of [() => undefined, boom]) {
      const gate = Promise.withResolvers<undefined>()
      const { clock, chat, provider } = bench(spiedStore({ get: () => gate.promise.then(late) }))
      await clock.runUntil(chat.complete(request))
      gate.resolve(undefined)
      await clock.settle()
      expect(provider.ledger).toHaveLength(1)
    }
  })

  test('only-if-cached says that it was the store', async () => {
    const { clock, chat, provider } = bench(spiedStore({ get: never }), { mode: 'only-if-cached' })
    const { error } = await clock.runUntil(outcomeOf(chat.complete(request)))
    expect(error).toBeInstanceOf(CacheMissError)
    expect(error).toMatchObject({
      message: expect.stringContaining('the store gave no answer'),
      cause: { name: 'StoreTimeout' },
    })
    expect(provider.ledger).toHaveLength(0)
  })

  test('an abort while it waits ends the call at once: no timer is left, nobody is asked', async () => {
    const { clock, chat, provider, seen } = bench(spiedStore({ get: never }))
    const controller = new AbortController()
    const outcome = outcomeOf(chat(request, { signal: controller.signal }))
    await clock.advance(10)
    controller.abort()
    expect((await outcome).error).toMatchObject({ name: 'AbortError' })
    await clock.settle()
    expect(clock.pending).toEqual([])
    expect(provider.ledger).toHaveLength(0)
    expect(seen.endingsOf('outer')).toEqual(['aborted'])
    expect(getCacheMetrics(chat)).toMatchObject({ errors: 0, misses: 0 })
  })
})

describe('keeping an answer', () => {
  test.each([
    ['throws', boom],
    ['rejects', rejecting],
    ['never answers', never],
  ])('in a store that %s is waited for by nobody', async (_what, set) => {
    const { clock, chat, provider } = bench(spiedStore({ set }))
    expect((await collect(chat(request))).text).toBe('Hello')
    expect((await chat.complete(request)).text).toBe('Hello')
    expect(clock.now()).toBe(0)
    // what is not waited for keeps no process alive
    expect(clock.pending.every(({ background }) => background)).toBe(true)
    await clock.advance(5000)
    expect(getCacheMetrics(chat)).toMatchObject({ stores: 0, notStored: 2, misses: 2, writes: { count: 0 } })
    expect(clock.pending).toEqual([])
    expect(provider.ledger).toHaveLength(2)
  })

  test('a store that is far behind gets no more, so that what waits is bounded', async () => {
    const store = spiedStore({ set: never })
    const { clock, chat } = bench(store)
    for (let index = 0; index < 130; index++) {
      await chat.complete({ ...request, seed: index })
    }
    expect(store.asked.set).toBe(100)
    expect(getCacheMetrics(chat).notStored).toBe(30)
    await clock.advance(5000)
    expect(getCacheMetrics(chat).notStored).toBe(130)
    await chat.complete(request)
    expect(store.asked.set).toBe(101)
  })

  test('close() waits for what is being written, but not for ever', async () => {
    const clock = virtualClock()
    const store = slowStore(clock, { setMs: 300 })
    const chat = pipeline({ adapter: fakeProvider(), layers: [cache({ scope: 'shared', store })], clock })
    await clock.runUntil(chat.complete(request))
    await clock.runUntil(chat.close())
    expect([clock.now(), store.stats?.().entries]).toEqual([300, 1])
    const hung = bench(spiedStore({ set: never }))
    await hung.chat.complete(request)
    await hung.clock.runUntil(hung.chat.close())
    expect(hung.clock.now()).toBe(5000)
  })

  test('a store that the user made is left open', async () => {
    const store = spiedStore({ close: () => expect.fail("it is not the cache's to close") })
    const { chat } = bench(store)
    await chat.complete(request)
    await chat.close()
  })

  test.each<
    readonly [what: string, made: { readonly rest?: Partial<CacheOptions>; readonly script: Script }, why: string]
  >([
    [
      'larger than maxEntryBytes',
      { rest: { maxEntryBytes: 200 }, script: 'long '.repeat(100) },
      'it is larger than 200 bytes (maxEntryBytes)',
    ],
    [
      'larger in bytes, not in characters',
      { rest: { maxEntryBytes: 250 }, script: { steps: [{ text: '漢'.repeat(60) }], start: false } },
      'it is larger than 250 bytes (maxEntryBytes)',
    ],
    ['not plain data', { script: [{ raw: { when: new Date(0) } }] }, 'event.value.when is a Date'],
  ])('what is %s is not stored, and that is told', async (_what, { rest, script }, why) => {
    const { chat, told } = bench(undefined, rest, script)
    await chat.complete(request)
    expect(told()).toEqual([{ outcome: 'miss', logged: [`cache: the answer was not stored: ${why}`] }])
    expect(getCacheMetrics(chat)).toMatchObject({ stores: 0, notStored: 1, entries: 0 })
  })
})

describe('age', () => {
  test('an answer is given until it is ttlMs old', async () => {
    const { clock, chat } = bench(undefined, { ttlMs: 1000 }, inTurn('first', 'second', 'third'))
    const ask = async (ttlMs?: number) =>
      (await chat.complete(request, ttlMs ? { layers: { cache: { ttlMs } } } : {})).text
    expect(await ask()).toBe('first')
    await clock.advance(1000)
    expect(await ask()).toBe('first')
    await clock.advance(1)
    expect(await ask()).toBe('second')
    await clock.advance(500)
    expect(await ask(400)).toBe('third')
    expect(await ask()).toBe('third')
  })

  test('an entry that does not say when it was stored is not given', async () => {
    const memory = memoryStore()
    const store = spiedStore({
      get: (key) => ({ ...(memory.get(key) as CacheEntry), storedAt: Number.NaN }),
      set: memory.set,
    })
    const { chat, provider } = bench(store)
    await chat.complete(request)
    await chat.complete(request)
    expect(provider.ledger).toHaveLength(2)
  })

  test('an entry is kept for the ttlMs of the call that stored it', async () => {
    const store = spiedStore()
    const { chat } = bench(store, { ttlMs: 1000 })
    await chat.complete(request)
    await chat.complete({ ...request, seed: 1 }, { layers: { cache: { ttlMs: 77 } } })
    expect(store.kept.map(({ ttlMs }) => ttlMs)).toEqual([1000, 77])
  })

  test('record-only replaces an answer that is too old, also in a store that answers later', async () => {
    for (const later of [false, true]) {
      const memory = memoryStore()
      const store = spiedStore(
        later ? { get: async (key) => memory.get(key), set: async (...parts) => memory.set(...parts) } : {},
      )
      const { clock, chat } = bench(store, { mode: 'record-only', ttlMs: 1000 })
      await chat.complete(request)
      await chat.complete(request)
      await clock.settle()
      expect(store.asked.set).toBe(1)
      await clock.advance(1001)
      await chat.complete(request)
      await clock.settle()
      expect(store.asked.set).toBe(2)
      expect(getCacheMetrics(chat)).toMatchObject({ stores: 2, hits: 0, misses: 0 })
    }
  })
})
