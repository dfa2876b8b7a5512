import { EndedError, middleware, pipeline, type Reply } from '@cepa/core'
import { collect, fakeProvider, outcomeOf, type Script, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { request, spiedStore } from '../test/stores.ts'
import { cache } from './cache.ts'
import { getCacheMetrics } from './cache-metrics.ts'

const LONG: Script = [{ text: 'a' }, { waitMs: 10 }, { text: 'b' }, { waitMs: 10 }, { text: 'c' }]

/** A cache around a provider on a clock that stands still. */
function bench(script: Script) {
  const clock = virtualClock()
  const store = spiedStore()
  const provider = fakeProvider(script)
  const chat = pipeline({ adapter: provider, layers: [cache({ scope: 'shared', store })], clock, unreadAfterMs: 1000 })
  const controller = new AbortController()
  const ask = () => chat(request, { signal: controller.signal })
  return { clock, store, provider, chat, controller, ask }
}

type Bench = ReturnType<typeof bench>

const readSome = async (reply: Reply, count: number): Promise<void> => {
  let seen = 0
  for await (const _ of reply) if (++seen === count) break
}

/** Every way for a call not to end `done`. */
const NOT_DONE: readonly (readonly [what: string, script: Script, act: (bench: Bench) => Promise<unknown>])[] = [
  ['left before the first event', LONG, async ({ ask }) => (await ask()).cancel()],
  ['left after the first events', LONG, async ({ ask }) => readSome(await ask(), 2)],
  ['left just before the end', 'a b', async ({ ask }) => readSome(await ask(), 3)],
  ['disposed', LONG, async ({ ask }) => (await ask())[Symbol.asyncDispose]()],
  [
    'the reader throws',
    LONG,
    async ({ ask }) => {
      for await (const _ of await ask()) throw new Error('mine')
    },
  ],
  [
    'aborted in the middle',
    LONG,
    async ({ ask, clock, controller }) => {
      clock.setTimer(15, () => controller.abort())
      await collect(ask())
    },
  ],
  [
    'aborted before',
    LONG,
    async ({ ask, controller }) => {
      controller.abort()
      await ask()
    },
  ],
  ['the deadline passes', LONG, async ({ chat }) => chat.complete(request, { deadlineMs: 15 })],
  [
    'never read',
    LONG,
    async ({ ask, clock }) => {
      await ask()
      await clock.advance(2000)
    },
  ],
  ['the provider refuses', { failure: { status: 503 } }, async ({ chat }) => chat.complete(request)],
  ['the provider fails in the middle', [{ text: 'a' }, { error: {} }], async ({ ask }) => collect(ask())],
  ['the connection is reset', [{ text: 'a' }, { reset: true }], async ({ ask }) => collect(ask())],
  ['the stream ends without its finish', [{ text: 'a' }, { truncate: true }], async ({ ask }) => collect(ask())],
  ['the adapter gives up without its end', [{ text: 'a' }, { drop: true }], async ({ ask }) => collect(ask())],
]

describe('an answer that did not end done is never stored', () => {
  test.each(NOT_DONE)('%s', async (_what, script, act) => {
    const made = bench(script)
    const { clock, store, provider, chat } = made
    await clock.runUntil(outcomeOf(act(made)))
    await clock.advance(5000)
    expect(store.asked.set).toBe(0)
    expect(getCacheMetrics(chat)).toMatchObject({ stores: 0, notStored: 0 })
    expect(provider.open).toBe(0)
    const before = provider.ledger.length
    provider.script('whole')
    expect((await clock.runUntil(chat.complete(request))).text).toBe('whole')
    expect(provider.ledger).toHaveLength(before + 1)
    expect(store.asked.set).toBe(1)
    expect(clock.pending).toEqual([])
  })

  test('a layer inside that fails in its transform leaves nothing', async () => {
    const store = spiedStore()
    const broken = middleware({
      name: 'broken',
      async handle(call, next) {
        const reply = await next(call)
        return reply.transform((event) => {
          if (event.type === 'end') throw new Error('mine')
          return event
        })
      },
    })
    const chat = pipeline(fakeProvider('a b'), cache({ scope: 'shared', store }), broken)
    expect((await collect(chat(request))).error?.message).toBe('mine')
    expect(store.asked.set).toBe(0)
  })
})

describe('done is fixed when the end passes', () => {
  test.each([
    ['leaves', async (reply: Reply, seen: number) => (seen === 4 ? reply.cancel() : undefined)],
    ['throws', async (_reply: Reply, seen: number) => (seen === 4 ? Promise.reject(new Error('mine')) : undefined)],
  ])('a reader that %s at the end event has stored it', async (_what, act) => {
    const { ask, store } = bench('a b')
    const reply = await ask()
    let seen = 0
    const reading = async () => {
      for await (const _ of reply) await act(reply, ++seen)
    }
    await outcomeOf(reading())
    expect(store.asked.set).toBe(1)
  })

  test('a layer outside that fails after it changes nothing', async () => {
    const store = spiedStore()
    const broken = middleware({
      name: 'broken',
      async handle(call, next) {
        const reply = await next(call)
        return reply.transform((event) => {
          if (event.type === 'end') throw new Error('mine')
          return event
        })
      },
    })
    const chat = pipeline(fakeProvider('a b'), broken, cache({ scope: 'shared', store }))
    await collect(chat(request))
    await collect(chat(request))
    expect(store.asked).toMatchObject({ get: 2, set: 1 })
  })
})

describe('a replay is left like any other reply', () => {
  test.each(['instant', 'recorded'] as const)(
    '%s: by break, abort and cancel, with nothing left behind',
    async (replay) => {
      const clock = virtualClock()
      const provider = fakeProvider(LONG)
      const chat = pipeline({ adapter: provider, layers: [cache({ scope: 'shared', replay })], clock })
      await clock.runUntil(chat.complete(request))
      await clock.runUntil(chat.complete(request, { layers: { cache: { mode: 'refresh' } } }))
      await clock.runUntil((await chat(request, { layers: { cache: { mode: 'refresh' } } })).result())
      expect((await clock.runUntil(collect(chat(request), { events: 2 }))).events).toHaveLength(2)
      const controller = new AbortController()
      const reading = collect(chat(request, { signal: controller.signal }))
      await clock.advance(replay === 'recorded' ? 5 : 0)
      controller.abort()
      const { error } = await reading
      if (replay === 'recorded') expect(error).toMatchObject({ name: 'AbortError' })
      const reply = await chat(request)
      const result = reply.result()
      await clock.settle()
      await reply.cancel('enough')
      if (replay === 'recorded') await expect(result).rejects.toBeInstanceOf(EndedError)
      expect(clock.pending).toEqual([])
      expect(provider.ledger).toHaveLength(3)
    },
  )
})
