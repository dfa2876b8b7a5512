import {
  type CacheOutcome,
  cacheFact,
  cacheLookupNote,
  type Middleware,
  middleware,
  OptionError,
  pipeline,
  Reply,
  route,
} from '@cepa/core'
import { collect, fakeProvider, inTurn, outcomeOf, recorder, testMiddleware, timeless } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { request, spiedStore } from '../test/stores.ts'
import { cache } from './cache.ts'
import { CacheMissError } from './cache-miss-error.ts'
import type { CacheMode, CacheOptions } from './cache-options.ts'
import { memoryStore } from './memory-store.ts'

const seenBy = (options: CacheOptions<'cache'>, provider = fakeProvider('Hello, wide world')) => {
  const seen = recorder()
  const outer = seen.layer('outer', { reads: [cacheFact] }) as Middleware<'outer'>
  const chat = pipeline(provider, outer, cache(options))
  const outcomes = (): readonly (CacheOutcome | undefined)[] =>
    seen.passesOf('outer').map(({ facts }) => facts.cache as CacheOutcome | undefined)
  return { chat, provider, seen, outcomes }
}

describe('a hit', () => {
  test('is the same answer as a stream, without an attempt, its usage stamped', async () => {
    const { chat, provider, seen } = seenBy({ scope: 'shared' })
    const first = await collect(chat(request))
    const second = await collect(chat(request))
    expect(provider.ledger).toHaveLength(1)
    expect(timeless(second.events)).toEqual(
      timeless(first.events).map((event) =>
        'usage' in event ? { ...event, usage: { inputTokens: 2, outputTokens: 3, source: 'cache' } } : event,
      ),
    )
    expect(seen.endingsOf('outer')).toEqual(['done', 'done'])
    expect(seen.log.filter((line) => line.startsWith('outer.note'))).toEqual([
      'outer.note cache-lookup',
      'outer.note attempt-start',
      'outer.note attempt-end',
      'outer.note cache-lookup',
    ])
  })

  test.each([
    ['stream', 'complete'],
    ['complete', 'stream'],
    ['complete', 'complete'],
  ] as const)('of what was asked as %s serves %s', async (first, second) => {
    const { chat, provider } = seenBy({ scope: 'shared' })
    const ask = async (mode: 'stream' | 'complete') =>
      mode === 'stream' ? (await chat(request)).result() : chat.complete(request)
    const bought = await ask(first)
    expect(await ask(second)).toEqual({ ...bought, usage: { ...bought.usage, source: 'cache' } })
    expect(provider.ledger).toHaveLength(1)
  })

  test('has every kind of event as it was', async () => {
    const script = [
      { reasoning: 'Hm', signature: 's' },
      { text: 'a', choice: 1 },
      { toolCall: { name: 'sum', arguments: { a: 1, $bytes: 'x' }, pieces: 3 } },
      { toolCall: { id: 'own', name: 'bad', argumentsText: '{"a' } },
      { source: { url: 'https://example.com' } },
      { file: { bytes: Uint8Array.of(1, 2, 255), mediaType: 'image/png' } },
      { raw: { logprobs: [-0.5, null] } },
      { usage: { inputTokens: 7, outputTokens: 4, serverToolUses: { web_search: 1 } } },
    ]
    const { chat } = seenBy({ scope: 'shared' }, fakeProvider(script))
    const [first, second] = [await collect(chat(request)), await collect(chat(request))]
    const unstamped = JSON.parse(
      JSON.stringify(timeless(second.events)).replaceAll('"source":"cache"', '"source":"provider"'),
    )
    expect(unstamped).toEqual(JSON.parse(JSON.stringify(timeless(first.events))))
    const file = second.events.find(({ type }) => type === 'file')
    expect(file).toMatchObject({ value: { bytes: Uint8Array.of(1, 2, 255) } })
  })

  test('is not changed by what readers do to events', async () => {
    const { chat } = seenBy(
      { scope: 'shared' },
      fakeProvider([{ toolCall: { name: 'move', arguments: { path: '/a' } } }]),
    )
    for (let read = 0; read < 3; read++) {
      for await (const event of await chat(request)) {
        if (event.type !== 'tool-call') continue
        const given = event.arguments as { path: string }
        expect(given.path).toBe('/a')
        given.path = '/changed by the reader'
      }
    }
  })

  test('embeddings are kept too, apart from chats', async () => {
    const { chat, provider } = seenBy({ scope: 'shared' })
    const ask = () => chat.embed({ model: 'e', input: ['ab', 'c'] })
    expect((await ask()).embeddings).toEqual((await ask()).embeddings)
    expect(provider.ledger).toHaveLength(1)
  })

  test('tells what it did: outcome, key, age, time, and what was saved', async () => {
    const { chat, outcomes, seen } = seenBy({ scope: 'shared' })
    await chat.complete(request)
    await chat.complete(request)
    const [miss, hit] = outcomes()
    expect(miss).toEqual({
      outcome: 'miss',
      keyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      lookupMs: expect.any(Number),
    })
    expect(hit).toEqual({
      outcome: 'hit',
      keyHash: miss?.keyHash,
      lookupMs: expect.any(Number),
      ageMs: expect.any(Number),
      saved: { inputTokens: 2, outputTokens: 3, source: 'provider' },
      savedMs: expect.any(Number),
    })
    const told = seen.passesOf('outer').flatMap(({ notes }) => notes.filter(cacheLookupNote.is))
    expect(told.map(({ value, from }) => [from, value])).toEqual([
      ['cache', miss],
      ['cache', hit],
    ])
  })
})

describe('mode', () => {
  const answers = inTurn('first', 'second', 'third')

  test.each<[CacheMode, { texts: readonly string[]; told: readonly string[]; sets: number }]>([
    ['read-through', { texts: ['first', 'first', 'first'], told: ['miss', 'hit', 'hit'], sets: 1 }],
    ['refresh', { texts: ['first', 'second', 'third'], told: ['refresh', 'refresh', 'refresh'], sets: 3 }],
    ['record-only', { texts: ['first', 'second', 'third'], told: ['record', 'record', 'record'], sets: 1 }],
    ['bypass', { texts: ['first', 'second', 'third'], told: ['bypass', 'bypass', 'bypass'], sets: 0 }],
  ])('%s', async (mode, { texts, told, sets }) => {
    const store = spiedStore()
    const { chat, outcomes } = seenBy({ scope: 'shared', mode, store }, fakeProvider(answers))
    const got = []
    for (const _ of texts) got.push((await chat.complete(request)).text)
    expect(got).toEqual(texts)
    expect(outcomes().map((outcome) => outcome?.outcome)).toEqual(told)
    expect(store.asked.set).toBe(sets)
  })

  test('record-only keeps the answer that is there, refresh replaces it', async () => {
    const { chat } = seenBy({ scope: 'shared' }, fakeProvider(answers))
    const ask = async (mode: CacheMode) => (await chat.complete(request, { layers: { cache: { mode } } })).text
    expect(await ask('record-only')).toBe('first')
    expect(await ask('record-only')).toBe('second')
    expect(await ask('only-if-cached')).toBe('first')
    expect(await ask('refresh')).toBe('third')
    expect(await ask('read-through')).toBe('third')
  })

  test('only-if-cached fails with a clear error, and never asks the provider', async () => {
    const { chat, provider, outcomes, seen } = seenBy({ scope: 'shared' })
    const only = { layers: { cache: { mode: 'only-if-cached' } } } as const
    const { error } = await outcomeOf(chat(request, only))
    expect(error).toBeInstanceOf(CacheMissError)
    expect(error).toMatchObject({
      code: 'CEPA_CACHE_MISS',
      message: 'cache: mode is only-if-cached, and there is no stored answer to this request',
      keyHash: outcomes()[0]?.keyHash,
      ending: { kind: 'failed' },
    })
    expect(provider.ledger).toHaveLength(0)
    await chat.complete(request)
    expect((await collect(chat(request, only))).text).toBe('Hello, wide world')
    expect(seen.endingsOf('outer')).toEqual(['failed', 'done', 'done'])
  })

  test('bypass needs no key: a request that cannot have one passes', async () => {
    const { chat } = seenBy({ scope: () => '' })
    const odd = { ...request, providerOptions: { seed: 1n } }
    const { error } = await outcomeOf(chat.complete(odd))
    expect(error).toBeInstanceOf(OptionError)
    expect((await chat.complete(odd, { layers: { cache: { mode: 'bypass' } } })).text).toBe('Hello, wide world')
  })

  test('false leaves the layer out', async () => {
    const store = spiedStore()
    const { chat, outcomes } = seenBy({ scope: 'shared', store })
    await chat.complete(request, { layers: { cache: false } })
    expect(outcomes()).toEqual([undefined])
    expect(store.asked).toEqual({ get: 0, set: 0, delete: 0 })
  })
})

describe('what calls share', () => {
  test('calls of one scope share answers, calls of two do not', async () => {
    const { chat, provider } = seenBy({ scope: (call) => call.attributes.tenant ?? 'nobody' })
    const ask = (tenant: string) => chat.complete(request, { attributes: { tenant } })
    await ask('a')
    await ask('a')
    await ask('b')
    expect(provider.ledger).toHaveLength(2)
    await chat.complete(request, { layers: { cache: { scope: 'a' } } })
    expect(provider.ledger).toHaveLength(2)
  })

  test('a scope called shared is not the shared one', async () => {
    const provider = fakeProvider()
    const store = memoryStore()
    await pipeline(provider, cache({ scope: 'shared', store })).complete(request)
    await pipeline(provider, cache({ scope: () => 'shared', store })).complete(request)
    expect(provider.ledger).toHaveLength(2)
  })

  test.each([
    ['nothing', undefined, 'a function that gave a undefined'],
    ['an empty string', '', 'a function that gave an empty string'],
    ['a number', 7, 'a function that gave a number'],
  ])('a scope function that gives %s fails the call before anything is sent', async (_what, given, message) => {
    const { chat, provider } = seenBy({ scope: () => given as string })
    const { error } = await outcomeOf(chat.complete(request))
    expect(error).toBeInstanceOf(OptionError)
    expect(error?.message).toContain(message)
    expect(provider.ledger).toHaveLength(0)
  })

  test('two identical misses at once both ask, and leave one whole entry', async () => {
    const store = spiedStore()
    const provider = fakeProvider(inTurn([{ text: 'first' }, { waitMs: 5 }, { text: ' one' }], 'second'))
    const { chat } = seenBy({ scope: 'shared', store }, provider)
    const texts = (await Promise.all([collect(chat(request)), collect(chat(request))])).map(({ text }) => text)
    expect(texts).toEqual(['first one', 'second'])
    expect(store.stats?.()).toMatchObject({ entries: 1 })
    expect(texts).toContain((await chat.complete(request)).text)
    expect(provider.ledger).toHaveLength(2)
  })

  test('a cache around a route keeps targets apart, caches inside of one keep to themselves', async () => {
    const [a, b] = [fakeProvider('of a', { name: 'a' }), fakeProvider('of b', { name: 'b' })]
    const around = pipeline(route({ a, b }), cache({ scope: 'shared' }))
    const within = pipeline(route({ a: pipeline(a, cache({ scope: 'shared' })), b }))
    for (const ask of [around, within]) {
      for (const model of ['a/m', 'b/m', 'a/m']) {
        expect((await ask.complete({ ...request, model })).text).toBe(`of ${model[0]}`)
      }
    }
    expect([a.ledger.length, b.ledger.length]).toEqual([2, 2])
  })

  test('a small cache may stand outside a large one, under a name of its own', async () => {
    const far = spiedStore()
    const seen = recorder()
    const provider = fakeProvider()
    const chat = pipeline(
      provider,
      seen.layer('outer', { reads: [cacheFact] }) as Middleware<'outer'>,
      cache({ scope: 'shared', name: 'near', maxBytes: 10_000 }),
      cache({ scope: 'shared', store: far }),
    )
    await chat.complete(request, { layers: { near: { mode: 'bypass' } } })
    await chat.complete(request)
    await chat.complete(request)
    expect(seen.passesOf('outer').map(({ facts }) => (facts.cache as CacheOutcome).outcome)).toEqual([
      'miss',
      'hit',
      'hit',
    ])
    expect([provider.ledger.length, far.asked.get]).toEqual([1, 2])
  })
})

describe('where it stands', () => {
  const reader = () => {
    const seen = recorder()
    return { seen, outer: seen.layer('outer', { reads: [cacheFact] }) as Middleware<'outer'> }
  }
  const outcomesOf = (seen: ReturnType<typeof recorder>): unknown =>
    seen.passesOf('outer').map(({ facts }) => (facts.cache as CacheOutcome | undefined)?.outcome)

  test('its fact goes outward from a nested pipeline, hit or miss', async () => {
    const { seen, outer } = reader()
    const chat = pipeline(route({ a: pipeline(fakeProvider(), cache({ scope: 'shared' })) }), outer)
    for (let turn = 0; turn < 2; turn++) await chat.complete({ ...request, model: 'a/m' })
    expect(outcomesOf(seen)).toEqual(['miss', 'hit'])
  })

  test('its fact goes outward from the attempt that won, where it stands inside of what repeats on purpose', async () => {
    const { seen, outer } = reader()
    const again = middleware({
      name: 'again',
      traits: { repeats: true },
      handle: (call, next) => next(call).catch(() => next(call)),
    })
    const provider = fakeProvider(inTurn({ failure: { status: 503 } }, 'answer'))
    const layers = [outer, again, cache({ scope: 'shared' })] as const
    const chat = pipeline({ adapter: provider, layers, allow: ['stores-outside-repeats'] })
    expect((await chat.complete(request)).text).toBe('answer')
    expect((await chat.complete(request)).text).toBe('answer')
    expect(outcomesOf(seen)).toEqual(['miss', 'hit'])
    expect(provider.ledger).toHaveLength(2)
  })

  test('outside of what repeats an answer is stored once, whatever it took', async () => {
    const store = spiedStore()
    const again = middleware({
      name: 'again',
      traits: { repeats: true },
      handle: (call, next) => next(call).catch(() => next(call)),
    })
    expect(() => pipeline(fakeProvider(), again, cache({ scope: 'shared' }))).toThrow('cache must stand outside again')
    const provider = fakeProvider(inTurn({ failure: { status: 503 } }, 'answer'))
    await pipeline(provider, cache({ scope: 'shared', store }), again).complete(request)
    expect([store.asked.set, provider.ledger.length]).toEqual([1, 2])
  })

  test('a call that was detached outside fills the cache after its maker has left', async () => {
    const gate = Promise.withResolvers<void>()
    const provider = fakeProvider([{ text: 'late' }, { until: gate.promise }])
    const later = Promise.withResolvers<string>()
    const detaching = middleware({
      name: 'detaching',
      async handle(call, next) {
        if (call.attributes.kind !== 'warm') return next(call)
        next(call.detach('warming')).then(async (reply) => later.resolve((await reply.result()).text))
        return Reply.from([{ type: 'end', finish: 'stop', at: call.clock.now() }])
      },
    })
    const chat = pipeline(provider, detaching, cache({ scope: 'shared' }))
    expect((await chat.complete(request, { attributes: { kind: 'warm' } })).text).toBe('')
    gate.resolve()
    expect(await later.promise).toBe('late')
    expect((await chat.complete(request)).text).toBe('late')
    expect(provider.ledger).toHaveLength(1)
  })
})

describe('the contract', () => {
  test.each([
    ['by default', () => cache({ scope: 'shared' })],
    [
      'with a store that answers by promise',
      () => {
        const memory = memoryStore()
        const store = spiedStore({ get: async (key) => memory.get(key), set: async (...parts) => memory.set(...parts) })
        return cache({ scope: 'shared', store })
      },
    ],
    ['with recorded timing', () => cache({ scope: 'shared', replay: 'recorded' })],
    ['recording only', () => cache({ scope: 'shared', mode: 'record-only' })],
    ['bypassed', () => cache({ scope: 'shared', mode: 'bypass' })],
  ])('%s', async (_what, make) => {
    await testMiddleware({
      make,
      name: 'cache',
      badOptions: [() => cache({} as CacheOptions), () => cache({ scope: 'shared', maxBytes: 1 })],
      badCallOptions: [{ mode: 'reload' }, { ttlMs: 0 }, { scope: '' }, { store: 1 }],
    })
  })

  test('it must stand outside of what repeats, and stores no secret in what explains', () => {
    const chat = pipeline(fakeProvider(), cache({ scope: () => 'a', promptSecret: 'a secret of enough length' }))
    expect(chat.explain({ json: true }).layers[0]).toMatchObject({
      name: 'cache',
      traits: ['stores'],
      gives: ['cache'],
      reads: ['usage?', 'cost?'],
      data: {
        mode: 'read-through',
        ttlMs: 3_600_000,
        maxEntryBytes: 1_048_576,
        maxBytes: 67_108_864,
        storeTimeoutMs: 50,
        replay: 'instant',
      },
      named: { promptSecret: '(secret)', scope: '(function)', store: 'memory' },
    })
    expect(JSON.stringify(chat.explain({ json: true }))).not.toContain('enough length')
  })
})

describe('options', () => {
  const made = (options: unknown) => () => cache(options as CacheOptions)
  test.each([
    ['no options', undefined, 'cache: option scope is not stated; say who shares answers'],
    ['no scope', {}, "scope: 'shared' if everybody may be given everybody's answers"],
    [
      'a scope that is a word',
      { scope: 'tenant' },
      'cache: option scope is "tenant"; it must be one of "shared", or a function',
    ],
    [
      'an unknown mode',
      { scope: 'shared', mode: 'reload' },
      'option mode is "reload"; it must be one of "read-through"',
    ],
    ['an unknown option', { scope: 'shared', ttl: 5 }, 'there is no such option; did you mean ttlMs?'],
    ['no time at all', { scope: 'shared', ttlMs: 0 }, 'an integer of at least 1'],
    [
      'a bound for a store with bounds of its own',
      { scope: 'shared', store: memoryStore(), maxBytes: 5000 },
      'option maxBytes is 5000; leave it out',
    ],
    [
      'an entry larger than the store',
      { scope: 'shared', maxBytes: 5000, maxEntryBytes: 6000 },
      'it must be at most maxBytes, which is 5000',
    ],
    ['a store without methods', { scope: 'shared', store: {} }, 'an object with get(), set(), delete()'],
    [
      'a short secret',
      { scope: 'shared', promptSecret: 'short' },
      'promptSecret is a string; it must be a string of at least 16 characters',
    ],
    ['another name', { name: 'far' }, 'far: option scope is not stated'],
  ])('%s', (_what, options, message) => {
    expect(made(options)).toThrow(OptionError)
    expect(made(options)).toThrow(message)
  })

  test('maxEntryBytes follows a small maxBytes', () => {
    const chat = pipeline(fakeProvider(), cache({ scope: 'shared', maxBytes: 5000 }))
    expect(chat.explain({ json: true }).layers[0]?.data).toMatchObject({ maxBytes: 5000, maxEntryBytes: 5000 })
  })
})
