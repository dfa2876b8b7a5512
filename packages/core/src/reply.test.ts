import { fakeProvider, recorder, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  end,
  errorOf,
  HandFeed,
  handling,
  MODES,
  peeking,
  read,
  rejection,
  request,
  said,
  saying,
  shouting,
  soundness,
  text,
  wrapping,
} from '../test/onion.ts'
import {
  type Completion,
  ContractError,
  type EventSource,
  isContent,
  type Layer,
  middleware,
  ProviderError,
  pipeline,
  Reply,
  type StreamEvent,
  type Transform,
} from './index.ts'

const textOf = (events: readonly StreamEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')

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

describe('R3: one reader', () => {
  it('R3: overlapping next() are queued, in order, one pull at a time', async () => {
    const feed = new HandFeed()
    const steps = (await pipeline(answering(() => feed))(request))[Symbol.asyncIterator]()
    const taken: unknown[] = []
    const take = () =>
      steps
        .next()
        .then(({ value, done }) => void taken.push(done ? 'done' : value.type === 'text' ? value.text : value.type))
    const asked = [take(), take(), take()]
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(1)
    feed.push(text('a'))
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(2)
    // asked while others wait: still the last
    asked.push(take(), take())
    feed.push(text('b'), text('c'), end())
    await Promise.all(asked)
    expect(taken).toEqual(['a', 'b', 'c', 'end', 'done'])
    expect(feed.pulls).toBe(4)
  })

  it('R3: when one of several next() fails, the others are done', async () => {
    const feed = new HandFeed()
    const steps = (await pipeline(answering(() => feed))(request))[Symbol.asyncIterator]()
    const first = steps.next()
    const rest = [steps.next(), steps.next()]
    feed.push(new Error('reset'))
    await expect(first).rejects.toThrow('reset')
    expect(await Promise.all(rest)).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ])
  })

  it('R3: a second iteration is a ContractError, and harms the first one not', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    const steps = reply[Symbol.asyncIterator]()
    await steps.next()
    const error = await rejection(read(reply))
    expect(error).toBeInstanceOf(ContractError)
    expect(error.message).toBe('reader: the reply is read already; it has one reader (rule R3)')
    expect(await steps.next()).toMatchObject({ value: { text: 'b' } })
  })

  it('R3: result() gives the same promise before, during and after the loop', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    const results: Promise<Completion>[] = []
    const steps = reply[Symbol.asyncIterator]()
    results.push(reply.result())
    for (let step = await steps.next(); !step.done; step = await steps.next()) results.push(reply.result())
    results.push(reply.result())
    expect(new Set(results).size).toBe(1)
    expect(await reply.result()).toMatchObject({ text: 'ab', finish: 'stop' })
  })

  it('R3: result() called first reads the rest itself', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    expect((await reply.result()).text).toBe('ab')
    expect(await rejection(read(reply))).toBeInstanceOf(ContractError)
  })

  it('R3: result() called first leaves the reading to a loop that begins before the next turn', async () => {
    const feed = new HandFeed()
    const reply = await pipeline(answering(() => feed))(request)
    const result = reply.result()
    const steps = reply[Symbol.asyncIterator]()
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(0)
    feed.push(...said('a'))
    await steps.next()
    await steps.next()
    expect((await result).text).toBe('a')
  })

  it('R3: result() asked for after the loop, without having been asked before', async () => {
    const reply = await pipeline(saying('a'))(request)
    await read(reply)
    expect((await reply.result()).text).toBe('a')
  })

  it('R3: result() in the middle of the loop waits for its end, and does not read itself', async () => {
    const feed = new HandFeed()
    const reply = await pipeline(answering(() => feed))(request)
    const steps = reply[Symbol.asyncIterator]()
    feed.push(text('a'))
    await steps.next()
    const result = reply.result()
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(1)
    await steps.return?.()
    expect(await rejection(result)).toMatchObject({ ending: { kind: 'abandoned', completion: { text: 'a' } } })
  })

  it('R3: it rejects with the very error that the loop threw', async () => {
    const reply = await pipeline(answering(() => [text('a')]))(request)
    const error = await rejection(read(reply))
    expect(await rejection(reply.result())).toBe(error)
    expect(error.ending).toMatchObject({ kind: 'failed', completion: { text: 'a' } })
  })

  it('R3: a failure that nobody asks the result of is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    const reply = await pipeline(answering(() => [text('a')]))(request)
    await read(reply).catch(() => undefined)
    const left = await pipeline(saying('a'))(request)
    await left.cancel()
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('R3: what changes a reply must do so before it is read', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    const steps = reply[Symbol.asyncIterator]()
    await steps.next()
    expect(() => reply.transform((event) => event)).toThrow(
      'reader: the reply is being read; transform it before (rule R3)',
    )
    await expect(reply.peek()).rejects.toThrow('reader: the reply is being read; peek it before (rule R3)')
  })
})

describe('R4: transforms', () => {
  const transforming = (fn: Transform, name = 'change') =>
    handling(name, async (call, next) => (await next(call)).transform(fn))
  const isText = (event: StreamEvent): event is StreamEvent & { type: 'text' } => event.type === 'text'

  it.each<[string, Transform, string]>([
    ['one event of one', (event) => (isText(event) ? { ...event, text: event.text.toUpperCase() } : event), 'AB'],
    ['several of one', (event) => (isText(event) ? [event, text('-'), event] : event), 'a-ab-b'],
    ['none of one', (event) => (isText(event) && event.text === 'a' ? undefined : event), 'b'],
    ['an empty list', (event) => (isText(event) && event.text === 'a' ? [] : event), 'b'],
    ['a list of one', (event) => [event], 'ab'],
    ['events before the end', (event) => (event.type === 'end' ? [text('!'), text('?'), event] : event), 'ab!?'],
  ])('R4: makes %s', async (_what, fn, expected) => {
    for (const mode of MODES) {
      const seen = recorder()
      const chat = pipeline(saying('a', 'b'), seen.layer('outer'), transforming(fn), seen.layer('inner'))
      if (mode === 'stream') expect(textOf(await read(chat(request)))).toBe(expected)
      else expect((await chat.complete(request)).text).toBe(expected)
      expect(textOf(seen.passesOf('outer')[0]?.events ?? [])).toBe(expected)
      expect(textOf(seen.passesOf('inner')[0]?.events ?? [])).toBe('ab')
      expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['done'], ['done']])
      expect(soundness(seen.log)).toEqual([])
    }
  })

  it.each<[string, Transform, string]>([
    ['drops `end`', (event) => (event.type === 'end' ? undefined : event), 'dropped `end`'],
    [
      'drops `end` by an empty list',
      (event) => (event.type === 'end' ? [] : event),
      'let something else than one `end` through last',
    ],
    [
      'makes a text of `end`',
      (event) => (event.type === 'end' ? text('x') : event),
      'let something else than one `end` through last',
    ],
    [
      'puts something behind `end`',
      (event) => (event.type === 'end' ? [event, text('x')] : event),
      'let something else than one `end` through last',
    ],
    [
      'doubles `end`',
      (event) => (event.type === 'end' ? [event, event] : event),
      'let something else than one `end` through last',
    ],
    ['makes an `end` of its own', (event) => (isText(event) ? end() : event), 'made an `end` of its own'],
    ['adds an `end` of its own', (event) => (isText(event) ? [event, end()] : event), 'made an `end` of its own'],
    [
      'is asynchronous',
      (async (event: StreamEvent) => event) as never,
      'gave something that is no event; transforms are synchronous',
    ],
    ['gives null', (() => null) as never, ''],
    ['gives words', (() => 'words') as never, 'gave something that is no event'],
    [
      'gives a list with a hole',
      (() => [text('a'), undefined]) as never,
      'gave a list with something that is no event',
    ],
    [
      'throws',
      (event) => {
        if (event.type === 'end') throw new Error('mine')
        return event
      },
      'mine',
    ],
  ])('R4: one that %s: its layer and those outside fail, those inside end abandoned', async (_what, fn, message) => {
    for (const mode of MODES) {
      const seen = recorder()
      const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }])
      const chat = pipeline(
        adapter,
        seen.layer('outer'),
        shouting('loud'),
        seen.layer('between'),
        transforming(fn),
        seen.layer('inner'),
      )
      const error = (await errorOf(chat, mode)) as ContractError
      expect(error).toBeInstanceOf(Error)
      expect(error.message).toContain(message)
      if (error instanceof ContractError) expect(error).toMatchObject({ layer: 'change', rule: 'R4' })
      expect([seen.endingsOf('between'), seen.endingsOf('outer')]).toEqual([['failed'], ['failed']])
      expect(['abandoned', 'done']).toContain(seen.endingsOf('inner')[0])
      expect(seen.endingsOf('inner')).toHaveLength(1)
      expect(adapter.open).toBe(0)
      expect(soundness(seen.log)).toEqual([])
    }
  })

  it('R4: what is inside of a transform that throws in the middle ends abandoned, with the error as reason', async () => {
    const seen = recorder()
    const fail: Transform = () => {
      throw new Error('mine')
    }
    const error = await errorOf(pipeline(saying('a'), transforming(fail), seen.layer('inner')), 'stream')
    expect(seen.passes[0]?.endings).toEqual([expect.objectContaining({ kind: 'abandoned', reason: error })])
  })

  it('R4: several transforms work one after the other, innermost first', async () => {
    const mark = (name: string) =>
      transforming((event) => (isText(event) ? { ...event, text: `${event.text}${name}` } : event), name)
    const twice: Transform = (event) => (isText(event) ? [event, event] : event)
    const chat = pipeline(saying('.'), mark('c'), transforming(twice, 'twice'), mark('b'), mark('a'))
    expect(textOf(await read(chat(request)))).toBe('.abc.abc')
  })

  it('R4: the caller may transform, too; what throws there abandons all passes', async () => {
    const seen = recorder()
    const chat = pipeline(saying('a'), seen.layer('outer'))
    const changed = (await chat(request)).transform((event) => (isText(event) ? [event, event] : event))
    expect((await changed.result()).text).toBe('aa')
    const failing = (await chat(request)).transform(() => {
      throw new Error('mine')
    })
    const error = await rejection(read(failing))
    expect(error.message).toBe('mine')
    expect(seen.endingsOf('outer')).toEqual(['done', 'abandoned'])
    expect(error.ending).toBe(seen.passes[1]?.endings[0])
  })

  it('R4: one event may become very many', async () => {
    const many = Array.from({ length: 200_000 }, () => text('.'))
    const chat = pipeline(
      saying('a'),
      transforming((event) => (isText(event) ? many : event)),
    )
    expect((await chat.complete(request)).text).toHaveLength(200_000)
  })
})

describe('peek', () => {
  it('gives the first content and keeps what was read, for the layers further out and the reader', async () => {
    const seen = recorder()
    let peeked: unknown
    const look = handling('look', async (call, next) => {
      const reply = await next(call)
      peeked = await reply.peek()
      seen.clear()
      return reply
    })
    const chat = pipeline(fakeProvider([{ text: 'a' }, { text: 'b' }]), seen.layer('outer'), look, seen.layer('inner'))
    expect(textOf(await read(chat(request)))).toBe('ab')
    expect(peeked).toMatchObject({ type: 'text', text: 'a' })
    expect(seen.log).toEqual([
      // what was peeked at has passed what is inside before, and passes the rest now
      'outer.event start',
      'outer.firstToken text',
      'outer.event text',
      'inner.event text',
      'outer.event text',
      'inner.event end',
      'outer.event end',
      'inner.note attempt-end',
      'outer.note attempt-end',
      'inner.end done',
      'outer.end done',
    ])
  })

  it('looks as far as it is told, again from the front each time, and no further', async () => {
    const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }, { text: 'c' }])
    const reply = await pipeline(adapter)(request)
    const isB = (event: StreamEvent) => event.type === 'text' && event.text === 'b'
    expect(await reply.peek(isB)).toMatchObject({ text: 'b' })
    expect(adapter.last.pulls).toBe(3)
    expect(await reply.peek()).toMatchObject({ text: 'a' })
    expect(await reply.peek(({ type }) => type === 'start')).toMatchObject({ type: 'start' })
    expect(adapter.last.pulls).toBe(3)
    expect(textOf(await read(reply))).toBe('abc')
  })

  it('gives undefined where the answer ends before, and the end is still there', async () => {
    const reply = await pipeline(saying())(request)
    expect(await reply.peek()).toBeUndefined()
    expect(await read(reply)).toEqual([end()])
    const done = await pipeline(saying('a'))(request)
    expect(await done.peek(() => false)).toBeUndefined()
    expect(textOf(await read(done))).toBe('a')
  })

  it('rejects with what the answer fails with', async () => {
    const reply = await pipeline(answering(() => [{ type: 'start', at: 0 }]))(request)
    const error = await rejection(reply.peek())
    expect(error).toMatchObject({ kind: 'truncated' })
    await expect(read(reply)).rejects.toBe(error)
  })

  it('two at once, and a reader beside them, take turns', async () => {
    const feed = new HandFeed()
    const reply = await pipeline(answering(() => feed))(request)
    const first = reply.peek()
    const second = reply.peek(({ type }) => type === 'end')
    const events = read(reply)
    await new Promise(setImmediate)
    expect(feed.pulls).toBe(1)
    feed.push(text('a'), text('b'), end())
    expect(await first).toMatchObject({ text: 'a' })
    expect(await second).toMatchObject({ type: 'end' })
    expect(textOf(await events)).toBe('ab')
    expect(feed.pulls).toBe(3)
  })

  it('an until that throws rejects, and the reply can still be read', async () => {
    const reply = await pipeline(saying('a', 'b'))(request)
    await expect(
      reply.peek(() => {
        throw new Error('mine')
      }),
    ).rejects.toThrow('mine')
    expect(textOf(await read(reply))).toBe('ab')
  })

  it('in several layers, around transforms and wrappers, changes nothing', async () => {
    const chat = pipeline({
      adapter: saying('a', 'b'),
      layers: [peeking('p1'), wrapping('w'), peeking('p2'), shouting('t'), peeking('p3'), peeking('p4')],
    })
    expect(textOf(await read(chat(request)))).toBe('AB')
    expect((await chat.complete(request)).text).toBe('AB')
  })

  it('of a very long answer costs the same for each event', async () => {
    const msFor = async (events: number) => {
      const long = [...Array.from({ length: events }, () => text('.')), end()]
      const reply = await pipeline(answering(() => long))(request)
      const startedAt = performance.now()
      await reply.peek(() => false)
      expect((await reply.result()).text).toHaveLength(events)
      return performance.now() - startedAt
    }
    await msFor(20_000)
    const few = Math.min(await msFor(20_000), await msFor(20_000))
    // ten times as many; a queue that moves its rest for each that is taken needs a hundred times as long
    expect(Math.min(await msFor(200_000), await msFor(200_000))).toBeLessThan(50 * few)
  })
})

describe('R5: when a call resolves', () => {
  it('R5: with the headers, before any event', async () => {
    const clock = virtualClock()
    const adapter = fakeProvider({ headersMs: 40, steps: [{ waitMs: 100 }, { text: 'a' }] })
    const chat = pipeline({ adapter, clock })
    const reply = await clock.runUntil(chat(request))
    expect(clock.now()).toBe(40)
    expect(adapter.last.pulls).toBe(0)
    await reply.cancel()
  })

  it('R5: with a layer that must know more, at the first content', async () => {
    const clock = virtualClock()
    const adapter = fakeProvider({ headersMs: 40, steps: [{ waitMs: 100 }, { text: 'a' }] })
    await clock.runUntil(pipeline({ adapter, clock, layers: [peeking('ahead')] })(request))
    expect(clock.now()).toBe(140)
  })

  it('R5: what fails before the headers rejects, what fails in the stream throws in the loop', async () => {
    const early = pipeline(fakeProvider({ failure: { status: 401 } }))
    await expect(early(request)).rejects.toMatchObject({ kind: 'auth' })
    const late = pipeline(fakeProvider([{ error: { kind: 'server' } }]))
    await expect(read(await late(request))).rejects.toMatchObject({ kind: 'server' })
    await expect(early.complete(request)).rejects.toMatchObject({ kind: 'auth' })
    await expect(late.complete(request)).rejects.toMatchObject({ kind: 'server' })
  })

  it('R5: complete() runs the same hooks as the stream', async () => {
    const logs = await Promise.all(
      MODES.map(async (mode) => {
        const seen = recorder()
        const chat = pipeline(saying('a', 'b'), seen.layer('outer'), shouting('loud'), seen.layer('inner'))
        expect(await errorOf(chat, mode)).toBeUndefined()
        return seen.log
      }),
    )
    expect(logs[0]).toEqual(logs[1])
  })
})

describe('R6: the first token', () => {
  const content: readonly [StreamEvent, boolean][] = [
    [text('a'), true],
    [text(''), false],
    [{ type: 'reasoning', text: 'hm', at: 0 }, true],
    [{ type: 'reasoning', text: '', signature: 'x', at: 0 }, false],
    [{ type: 'reasoning', text: '', redacted: 'x', at: 0 }, true],
    [{ type: 'tool-call-start', id: '1', name: 'f', at: 0 }, true],
    [{ type: 'tool-call', id: '1', name: 'f', arguments: {}, at: 0 }, true],
    [{ type: 'tool-call-delta', id: '1', argumentsText: '{', at: 0 }, false],
    [{ type: 'file', value: {}, at: 0 }, true],
    [{ type: 'embedding', index: 0, value: [1], at: 0 }, true],
    [{ type: 'source', value: {}, at: 0 }, false],
    [{ type: 'raw', value: {}, at: 0 }, false],
    [{ type: 'start', at: 0 }, false],
    [{ type: 'usage', usage: { source: 'provider' }, at: 0 }, false],
    [end(), false],
  ]

  it.each(content)('R6: %j: %s', async (event, first) => {
    const seen: StreamEvent[] = []
    const layer = middleware({ name: 'first', firstToken: (_call, token) => void seen.push(token) })
    const events = event.type === 'end' ? [event] : [event, event, end()]
    await read(
      pipeline(
        answering(() => events),
        layer,
      )(request),
    )
    expect(seen).toEqual(first ? [event] : [])
    expect(isContent(event)).toBe(first)
  })

  it('R6: is the first at each position, before the event hook of the same event', async () => {
    const seen = recorder()
    const dropFirst = (): Layer => {
      let dropped = false
      return handling('drop', async (call, next) =>
        (await next(call)).transform((event) => {
          if (event.type !== 'text' || dropped) return event
          dropped = true
          return undefined
        }),
      )
    }
    await pipeline({
      adapter: saying('a', 'b'),
      layers: [seen.layer('outer'), dropFirst(), seen.layer('inner')],
    }).complete(request)
    expect(seen.log.filter((line) => /firstToken|event text/.test(line))).toEqual([
      'inner.firstToken text',
      'inner.event text',
      'inner.event text',
      'outer.firstToken text',
      'outer.event text',
    ])
  })
})

describe('R8: what a controlling layer must keep to', () => {
  type Handle = Parameters<typeof handling>[1]
  let kept: Reply | undefined
  const CASES: Record<string, { handle: Handle; problem: string }> = {
    'calls next() twice without saying so': {
      handle: async (call, next) => {
        await (await next(call)).cancel()
        return next(call)
      },
      problem: 'called next() more than once without the trait `repeats`',
    },
    'calls next() twice without saying so, and swallows what that throws': {
      handle: async (call, next) => {
        const reply = await next(call)
        await next(call).catch(() => undefined)
        return reply
      },
      problem: 'called next() more than once without the trait `repeats`',
    },
    'calls next() twice at once, and waits for neither': {
      handle: async (call, next) => {
        void next(call)
        void next(call)
        return Reply.from(said('mine'))
      },
      problem: 'called next() more than once without the trait `repeats`',
    },
    'does not wait for next()': {
      handle: async (call, next) => {
        void next(call)
        return Reply.from(said('mine'))
      },
      problem: 'returned while a next() was not awaited',
    },
    'drops the reply': {
      handle: async (call, next) => {
        await next(call)
        return Reply.from(said('mine'))
      },
      problem: 'dropped a reply: return it, cancel it, or name it in Reply.from(…, { of: reply })',
    },
    'wraps the reply without saying so': {
      handle: async (call, next) => Reply.from(await next(call)),
      problem: 'dropped a reply: return it, cancel it, or name it in Reply.from(…, { of: reply })',
    },
    'returns nothing': {
      handle: async (call, next) => {
        await next(call)
        return undefined as never
      },
      problem: 'returned no reply but undefined',
    },
    'returns null': { handle: async () => null as never, problem: 'returned no reply but null' },
    'returns something else': {
      handle: async () => ({ text: 'mine' }) as never,
      problem: 'returned no reply but an object',
    },
    'returns a reply that it has cancelled': {
      handle: async (call, next) => {
        const reply = await next(call)
        await reply.cancel()
        return reply
      },
      problem: 'returned a reply that it had cancelled',
    },
    'returns a reply that it has read': {
      handle: async (call, next) => {
        const reply = await next(call)
        await reply.result()
        return reply
      },
      problem: 'returned a reply that it had read; make a new one by Reply.from(events, { of: reply })',
    },
    'returns a reply that it is reading': {
      handle: async (call, next) => {
        const reply = await next(call)
        await reply[Symbol.asyncIterator]().next()
        return reply
      },
      problem: 'returned a reply that it had read; make a new one by Reply.from(events, { of: reply })',
    },
    'returns a reply that was returned before': {
      handle: async () => {
        kept ??= Reply.from(said('mine'))
        return kept
      },
      problem: 'returned a reply that had been returned before',
    },
    'returns the reply of another call': {
      handle: async () => pipeline(saying('other'))(request),
      problem: 'returned a reply of another call',
    },
    'gives next() something that is no call': {
      handle: async (_call, next) => next({ request } as never),
      problem: 'next() was given something that is not a call',
    },
    'gives next() the call of another request': {
      handle: async (_call, next) => next(stolen as never),
      problem: 'next() was given a call of another layer or request',
    },
    'wraps the reply of another call': {
      handle: async (call, next) => {
        const other = await pipeline(saying('other'))(request)
        const reply = Reply.from(said('mine'), { of: other })
        await (await next(call)).cancel()
        return reply
      },
      problem: 'returned a reply of another call',
    },
  }
  let stolen: unknown
  const stealing = middleware({
    name: 'stealing',
    start: (call) => {
      stolen ??= call
    },
  })

  it.each(Object.entries(CASES))('R8: one that %s', async (_what, { handle, problem }) => {
    for (const mode of MODES) {
      const seen = recorder()
      const adapter = fakeProvider('Hi')
      kept = undefined
      const chat = pipeline(adapter, stealing, seen.layer('outer'), handling('bad', handle), seen.layer('inner'))
      let error = await errorOf(chat, mode)
      if (error === undefined) error = await errorOf(chat, mode)
      expect(error).toBeInstanceOf(ContractError)
      expect(error).toMatchObject({ layer: 'bad', rule: 'R8', message: `bad: ${problem} (rule R8)` })
      expect(seen.endingsOf('outer').at(-1)).toBe('failed')
      await new Promise(setImmediate)
      expect(seen.passesOf('inner').every(({ endings }) => endings.length === 1)).toBe(true)
      expect(soundness(seen.log)).toEqual([])
      expect(adapter.open).toBe(0)
    }
  })

  it('R8: one that answers late: next() after handle has returned is refused', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const go = Promise.withResolvers<void>()
    const adapter = saying('Hi')
    const chat = pipeline(
      adapter,
      handling('late', async (call, next) => {
        late = go.promise.then(() => next(call)).catch((error) => error)
        return Reply.from(said('mine'))
      }),
    )
    expect((await chat.complete(request)).text).toBe('mine')
    go.resolve()
    expect(await late).toMatchObject({
      layer: 'late',
      rule: 'R8',
      message: expect.stringContaining('after its handle had returned'),
    })
    expect(adapter.calls).toHaveLength(0)
  })

  it('R8: a next() that is refused and dropped is no unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    const chat = pipeline(
      fakeProvider({ failure: { status: 500 } }),
      handling(
        'bad',
        async (call, next) => {
          void next(call)
          void next(call)
          void next({} as never)
          throw new Error('mine')
        },
        { repeats: true },
      ),
    )
    await rejection(chat.complete(request))
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('R8: what repeats may call next() as often as it likes, also at once', async () => {
    const seen = recorder()
    const hedge = handling(
      'hedge',
      async (call, next) => {
        const replies = await Promise.all([next(call), next(call), next(call)])
        const [winner, ...losers] = replies as [Reply, ...Reply[]]
        for (const loser of losers) await loser.cancel('lost')
        return winner
      },
      { repeats: true },
    )
    expect((await pipeline(saying('Hi'), hedge, seen.layer('inner')).complete(request)).text).toBe('Hi')
    expect(seen.endingsOf('inner')).toEqual(['done', 'abandoned', 'abandoned'])
  })

  it('R8: what repeats must let go of the replies that it does not return', async () => {
    const hedge = handling(
      'hedge',
      async (call, next) => {
        const [winner] = await Promise.all([next(call), next(call)])
        return winner as Reply
      },
      { repeats: true },
    )
    await expect(pipeline(saying('Hi'), hedge).complete(request)).rejects.toThrow('hedge: dropped a reply')
  })

  it('R8: a reply is spent when it is handed on: who had it cannot use it any more', async () => {
    let mine: Reply | undefined
    const keeping = handling('keeping', async (call, next) => {
      mine = await next(call)
      return mine
    })
    const reply = await pipeline(saying('a', 'b'), keeping)(request)
    expect(() => mine?.transform((event) => event)).toThrow('the reply was handed on; only its new holder may use it')
    await expect(mine?.peek()).rejects.toBeInstanceOf(ContractError)
    expect(() => mine?.[Symbol.asyncIterator]()).toThrow(ContractError)
    expect(() => Reply.from([], { of: mine as Reply })).toThrow(ContractError)
    await mine?.cancel()
    expect(textOf(await read(reply))).toBe('ab')
  })

  it('R8: an adapter is held to it, too', async () => {
    const adapter = { ...saying('a'), handle: async () => ({ text: 'a' }) as never }
    await expect(pipeline(adapter)(request)).rejects.toMatchObject({ layer: 'adapter:test', rule: 'R8' })
    const once = Reply.from(said('a'))
    const again = pipeline(answering(() => once))
    await again.complete(request)
    await expect(again.complete(request)).rejects.toMatchObject({ layer: 'adapter:test', rule: 'R8' })
  })

  it('R8: `of` must be a reply', () => {
    expect(() => Reply.from([], { of: {} as Reply })).toThrow(
      'Reply.from was given an `of` that is no reply of a layer inside',
    )
  })
})

describe('Reply.from with `of`', () => {
  it('E3: a wrapper that ends early leaves what it reads, before its own passes end', async () => {
    const seen = recorder()
    const cutting = handling('cutting', async (call, next) => {
      const reply = await next(call)
      const cut = async function* () {
        for await (const event of reply) {
          yield event
          if (event.type === 'text') break
        }
        yield end()
      }
      return Reply.from(cut(), { of: reply })
    })
    const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }])
    const chat = pipeline(adapter, seen.layer('outer'), cutting, seen.layer('inner'))
    expect((await chat.complete(request)).text).toBe('a')
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['abandoned'], ['done']])
    expect(soundness(seen.log)).toEqual([])
    expect(adapter.last.outcome).toBe('closed')
  })

  it('E3: a layer that reads a wrapper of its own to its end has left what that reads', async () => {
    const seen = recorder()
    const judging = handling('judging', async (call, next) => {
      const reply = await next(call)
      const { text: whole } = await Reply.from(said('cut'), { of: reply }).result()
      return Reply.from(said(whole))
    })
    const chat = pipeline(
      fakeProvider([{ text: 'a' }, { text: 'b' }]),
      seen.layer('outer'),
      judging,
      seen.layer('inner'),
    )
    expect((await chat.complete(request)).text).toBe('cut')
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['abandoned'], ['done']])
    expect(soundness(seen.log)).toEqual([])
  })

  it('E3: a feed that forgets what it reads does not leave it open', async () => {
    const seen = recorder()
    const forgetting = handling('forgetting', async (call, next) => {
      const reply = await next(call)
      const own = said('mine')
      return Reply.from({ pull: () => own.shift() ?? null, close() {} }, { of: reply })
    })
    const adapter = fakeProvider([{ text: 'a' }, { text: 'b' }])
    const chat = pipeline(adapter, seen.layer('outer'), forgetting, seen.layer('inner'))
    expect((await chat.complete(request)).text).toBe('mine')
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['abandoned'], ['done']])
    expect(soundness(seen.log)).toEqual([])
    expect(adapter.open).toBe(0)
  })
})
