import { fakeProvider, recorder } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  errorOf,
  HandFeed,
  handling,
  MODES,
  read,
  rejection,
  request,
  said,
  saying,
  shouting,
  text,
  textOf,
} from '../test/onion.ts'
import { type EventSource, type Layer, middleware, ProviderError, pipeline, Reply, type StreamEvent } from './index.ts'

const watching = (count: number): readonly Layer[] =>
  Array.from({ length: count }, (_, index) => middleware({ name: `watch${index}`, event() {}, end() {} }))

describe('R1: one hop, and nothing reads ahead', () => {
  it('R1: the source is asked once for each event that the reader asks for', async () => {
    const feed = new HandFeed()
    const layers = [...watching(3), shouting('loud'), handling('plain', (call, next) => next(call))]
    const reply = await pipeline({ adapter: answering(() => feed), layers: layers as readonly Layer[] as [] })(request)
    feed.push(...said('a', 'b', 'c'))
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(0)
    const steps = reply[Symbol.asyncIterator]()
    for (const pulls of [1, 2, 3]) {
      await steps.next()
      await new Promise(setImmediate)
      expect(feed.pulls).toBe(pulls)
    }
  })

  it.each([false, true])(
    'R1: an event takes as many turns with thirty layers as with none (asynchronous: %s)',
    async (asynchronous) => {
      const turnsFor = async (layers: readonly Layer[]) => {
        const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }], { asynchronous })
        const steps = (await pipeline({ adapter, layers: layers as [] })(request))[Symbol.asyncIterator]()
        await steps.next()
        let turns = 0
        let settled = false
        const next = steps.next().then(() => {
          settled = true
        })
        while (!settled) {
          turns++
          await undefined
        }
        await next
        return turns
      }
      const plain = Array.from({ length: 10 }, (_, index) => handling(`plain${index}`, (call, next) => next(call)))
      const loud = Array.from({ length: 10 }, (_, index) => shouting(`loud${index}`))
      expect(await turnsFor([...watching(10), ...plain, ...loud])).toBe(await turnsFor([]))
    },
  )
})

describe('R2: sources', () => {
  /** An iterable of a stranger, with an account of how it is used. */
  const stranger = (next: () => unknown, leave: () => unknown) => {
    const used = { nexts: 0, returns: 0 }
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          used.nexts++
          return next()
        },
        return: () => {
          used.returns++
          return leave()
        },
      }),
    } as unknown as EventSource
    return { used, source }
  }
  const never = () => new Promise<never>(() => undefined)

  it.each<[string, () => unknown]>([
    ['returns', async () => ({ done: true })],
    [
      'throws',
      () => {
        throw new Error('last words')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('last words')
      },
    ],
    ['never comes back', never],
    ['answers without a promise', () => ({ done: true })],
  ])(
    'R2: the iterator of a stranger whose return() %s is left once, at once, and not waited for',
    async (_how, leave) => {
      const { used, source } = stranger(never, leave)
      const steps = (await pipeline(answering(() => source))(request))[Symbol.asyncIterator]()
      const waiting = steps.next()
      await steps.return?.()
      expect(await waiting).toEqual({ value: undefined, done: true })
      expect(used).toEqual({ nexts: 1, returns: 1 })
    },
  )

  it('R2: what was never asked is closed, too: behind it something may be open already', async () => {
    for (const make of [
      (closed: () => void) =>
        new ReadableStream<StreamEvent>({ cancel: closed }, { highWaterMark: 0 }) as unknown as EventSource,
      (closed: () => void) => stranger(never, closed).source,
      (closed: () => void) =>
        ({ [Symbol.iterator]: () => ({ next: never, return: closed }) }) as unknown as EventSource,
    ]) {
      let closed = false
      const reply = await pipeline(
        answering(() =>
          make(() => {
            closed = true
          }),
        ),
      )(request)
      await reply.cancel()
      expect(closed).toBe(true)
    }
  })

  it('R2: a generator that is left runs its finally', async () => {
    const log: string[] = []
    const source = async function* () {
      try {
        yield text('a')
        yield text('b')
      } finally {
        log.push('closed')
      }
    }
    for await (const _ of await pipeline(answering(() => source()))(request)) break
    await new Promise(setImmediate)
    expect(log).toEqual(['closed'])
  })

  it.each<[string, () => EventSource]>([
    ['a list', () => said('a', 'b')],
    ['a generator', () => said('a', 'b').values()],
    [
      'an asynchronous generator',
      async function* () {
        yield* said('a', 'b')
      },
    ],
    [
      'an iterator that answers without a promise',
      () => {
        const events = said('a', 'b')
        return { [Symbol.asyncIterator]: () => ({ next: () => ({ done: false, value: events.shift() }) }) } as never
      },
    ],
    [
      'a stream of the platform',
      () => (ReadableStream as unknown as { from(events: unknown): EventSource }).from(said('a', 'b')),
    ],
  ])('R2: %s is a source', async (_what, source) => {
    expect(textOf(await read(pipeline(answering(source))(request)))).toBe('ab')
  })

  it.each<[string, () => EventSource, string]>([
    [
      'throws when it is asked',
      () => ({
        pull() {
          throw new Error('asked')
        },
        close() {},
      }),
      'asked',
    ],
    ['rejects', () => ({ pull: async () => Promise.reject(new Error('rejected')), close() {} }), 'rejected'],
    [
      'throws what is no error',
      () => ({ pull: () => Promise.reject('words'), close() {} }),
      'thrown value is no Error: string',
    ],
    ['has no more, without `end`', () => [text('a')], 'the events ended without an `end` event'],
    [
      'says undefined for the end',
      () => ({ pull: () => undefined as never, close() {} }),
      'the events ended without an `end` event',
    ],
    [
      'gives what is no event',
      () => ({ pull: () => 'text' as never, close() {} }),
      'feed: pull() gave a string, which is no event (rule R2)',
    ],
    [
      'promises what is no event',
      () => ({ pull: async () => 7 as never, close() {} }),
      'feed: pull() gave a number, which is no event (rule R2)',
    ],
    [
      'throws when it is closed',
      () => ({
        pull: () => Promise.reject(new Error('pulled')),
        close() {
          throw new Error('closed')
        },
      }),
      'pulled',
    ],
    [
      'has an iterator that cannot be had',
      () => ({
        [Symbol.asyncIterator]() {
          throw new Error('no iterator')
        },
      }),
      'no iterator',
    ],
  ])('R2: a source that %s fails the reply, and every pass ends', async (_what, source, message) => {
    for (const mode of MODES) {
      const seen = recorder()
      const error = await errorOf(pipeline(answering(source), seen.layer('outer'), seen.layer('inner')), mode)
      expect(error).toBeInstanceOf(Error)
      expect((error as Error).message).toContain(message)
      expect([seen.endingsOf('outer'), seen.endingsOf('inner')]).toEqual([['failed'], ['failed']])
    }
  })

  it('R2: an answer that breaks off is an error of kind truncated, with what came before', async () => {
    const error = await rejection(pipeline(answering(() => [text('half')])).complete(request))
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({
      kind: 'truncated',
      provider: 'test',
      retryable: true,
      ending: { completion: { text: 'half' } },
    })
  })

  it('R4: a reply that a layer makes without `end` is the fault of the layer', async () => {
    const own = handling('own', async () => Reply.from([text('half')]))
    expect(await rejection(pipeline(saying('a'), own).complete(request))).toMatchObject({ layer: 'own', rule: 'R4' })
  })
})
