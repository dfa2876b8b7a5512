import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fakeProvider, recorder, signalProbe, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  errorOf,
  HandFeed,
  handling,
  peeking,
  read,
  repeating,
  request,
  said,
  saying,
  shouting,
  text,
  wrapping,
} from '../test/onion.ts'
import {
  type Call,
  createController,
  type Layer,
  middleware,
  noteKey,
  pipeline,
  Reply,
  type StreamEvent,
} from './index.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Collects until something holds, which it soon does or never will. */
async function collectUntil(holds: () => boolean): Promise<boolean> {
  for (let round = 0; round < 40 && !holds(); round++) {
    gc()
    await turn()
  }
  return holds()
}

const STACKS: Record<string, () => readonly Layer[]> = {
  'no control': () => [],
  'a controlling layer': () => [handling('plain', (call, next) => next(call))],
  'a transform': () => [shouting('loud')],
  'a wrapper': () => [wrapping('wrap')],
  'a peek': () => [peeking('peek')],
  'a repeating layer': () => [repeating('retry', 2)],
}

/** A pipeline whose answers never end by themselves. */
function endless(layers: readonly Layer[]) {
  const feed = new HandFeed()
  feed.push(text('a'))
  const seen = recorder()
  const clock = virtualClock()
  const all = [seen.layer('outer'), ...layers] as readonly Layer[] as []
  return { feed, seen, clock, chat: pipeline({ adapter: answering(() => feed), clock, layers: all }) }
}

describe('E5, R7: a reply that nobody holds any more', () => {
  it.each(Object.entries(STACKS))('E5: ends unread as soon as it is collected: around %s', async (_what, layers) => {
    const { chat, seen, feed, clock } = endless(layers())
    await (async () => {
      await chat(request)
    })()
    expect(await collectUntil(() => seen.endingsOf('outer')[0] !== 'open')).toBe(true)
    expect(seen.endingsOf('outer')).toEqual(['unread'])
    expect(feed.closes).toBeGreaterThan(0)
    expect(clock.pending).toEqual([])
    expect(clock.now()).toBe(0)
  })

  it('E1, R7: one that was read at once and forgotten half-read ends abandoned', async () => {
    const { chat, seen, feed } = endless([])
    await (async () => {
      const iterator = (await chat(request))[Symbol.asyncIterator]()
      await iterator.next()
      const waiting = iterator.next()
      feed.push(text('b'))
      await waiting
    })()
    expect(await collectUntil(() => seen.endingsOf('outer')[0] !== 'open')).toBe(true)
    expect(seen.endingsOf('outer')).toEqual(['abandoned'])
    expect(feed.closes).toBeGreaterThan(0)
  })

  it('E5: around a nested pipeline, too', async () => {
    const { chat, seen, feed } = endless([])
    const outer = pipeline(chat, seen.layer('around', { handle: true }))
    await (async () => {
      await outer(request)
    })()
    expect(await collectUntil(() => feed.closes > 0)).toBe(true)
    expect([seen.endingsOf('outer'), seen.endingsOf('around')]).toEqual([['unread'], ['unread']])
  })

  const HOLDING: Record<string, (reply: Reply) => unknown> = {
    'the reply itself': (reply) => reply,
    'its iterator': (reply) => reply[Symbol.asyncIterator](),
    'its iterator, after an event': (reply) => {
      const steps = reply[Symbol.asyncIterator]()
      void steps.next()
      return steps
    },
    'the promise of its result': (reply) => reply.result(),
  }
  it.each(Object.entries(HOLDING))('R7: whoever holds %s keeps it', async (_what, hold) => {
    const { chat, seen, feed } = endless([])
    const held = await (async () => ({ it: hold(await chat(request)) }))()
    expect(await collectUntil(() => seen.endingsOf('outer')[0] !== 'open')).toBe(false)
    feed.push(...said('b'))
    const kept = held.it as Reply | AsyncIterator<StreamEvent> | Promise<unknown>
    if ('then' in kept) await kept
    else if ('next' in kept) while (!(await kept.next()).done);
    else await read(kept)
    expect(seen.endingsOf('outer')).toEqual(['done'])
  })
})

describe('E6: nothing stays behind', () => {
  const ENDINGS: Record<string, (reply: Reply, abort: () => void) => Promise<unknown>> = {
    done: (reply) => read(reply),
    abandoned: (reply) => reply.cancel(),
    aborted: async (reply, abort) => {
      abort()
      await read(reply).catch(() => undefined)
    },
  }

  it.each(Object.keys(ENDINGS))(
    'E6: no listener on a signal that outlives the calls, no timer, after %s',
    async (how) => {
      const clock = virtualClock()
      const shared = signalProbe()
      const narrowing = handling('narrowing', (call, next) => next(call.with({ signal: shared.signal, idleMs: 1000 })))
      const stop = { abort: (): void => undefined }
      const stopping = handling('stopping', (call, next) => {
        const controller = createController()
        stop.abort = () => controller.abort()
        return next(call.with({ signal: controller.signal }))
      })
      const layers = [
        narrowing,
        repeating('retry', 2),
        stopping,
        shouting('loud'),
        wrapping('wrap'),
      ] as readonly Layer[] as []
      const chat = pipeline({
        adapter: fakeProvider([{ text: 'a' }, { text: 'b' }], { asynchronous: true }),
        clock,
        layers,
      })
      for (let round = 0; round < 50; round++) {
        const reply = await chat(request, { signal: shared.signal, deadlineMs: 5000 })
        await ENDINGS[how]?.(reply, () => stop.abort())
      }
      expect(shared.attached).toBeGreaterThanOrEqual(100)
      expect(shared.listeners).toBe(0)
      expect(clock.pending).toEqual([])
    },
  )

  it('E6: nor when the call fails before its reply, or when a layer goes on after its end', async () => {
    const clock = virtualClock()
    const shared = signalProbe()
    const other = signalProbe()
    const failing = pipeline({
      adapter: fakeProvider({ failure: { status: 500 } }),
      clock,
      layers: [repeating('retry', 3)],
    })
    for (let round = 0; round < 20; round++)
      await errorOf(failing, 'stream', { signal: shared.signal, deadlineMs: 5000 })
    const go = Promise.withResolvers<void>()
    const late = handling('late', async (call, next) => {
      await go.promise
      return next(call.with({ signal: other.signal }))
    })
    const controller = new AbortController()
    const aborted = errorOf(pipeline({ adapter: saying('a'), clock, layers: [late] }), 'stream', {
      signal: controller.signal,
    })
    controller.abort()
    await aborted
    const hasty = handling('hasty', async (call, next) => {
      next(call).catch(() => undefined)
      throw new Error('no time')
    })
    await errorOf(pipeline({ adapter: saying('a'), clock, layers: [hasty, late] }), 'stream')
    go.resolve()
    await turn()
    expect(other.attached).toBe(0)
    expect(shared.listeners).toBe(0)
    expect(other.listeners).toBe(0)
    expect(clock.pending).toEqual([])
  })

  it('E6: 10,000 calls under one signal leave nothing in the heap', async () => {
    const { signal } = new AbortController()
    const seen = { ends: 0 }
    const watching = middleware({ name: 'watching', event() {}, end: () => void seen.ends++ })
    const layers = [watching, repeating('retry', 2), shouting('loud')] as readonly Layer[] as []
    // not one that keeps its calls
    const adapter = { ...saying(), handle: async () => Reply.from(said('a', 'b')) }
    const chat = pipeline({ adapter, layers })
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) {
        if (round % 3 === 0) await chat.complete(request, { signal, deadlineMs: 60_000 })
        else if (round % 3 === 1) for await (const _ of await chat(request, { signal })) break
        else await read(await chat(request, { signal, layers: {} }))
      }
      await turn()
      gc()
      await turn()
      gc()
      return process.memoryUsage().heapUsed
    }
    await rounds(3000)
    const before = await rounds(1000)
    const after = await rounds(10_000)
    expect(seen.ends).toBe(14_000)
    // less than 30 bytes for each call
    expect(after - before).toBeLessThan(300_000)
  }, 60_000)
})

describe('N1: a note that nobody hears', () => {
  const key = noteKey<{ readonly n: number }>('unheard')
  const value = { n: 1 }

  it('N1: allocates nothing', async () => {
    let call: Call | undefined
    const emitting = middleware({
      name: 'emitting',
      start: (own) => {
        call = own as Call
      },
    })
    const inner = pipeline(
      answering(() => new HandFeed()),
      middleware({ name: 'other', event() {} }),
      emitting,
    )
    await pipeline(
      inner,
      handling('plain', (own, next) => next(own)),
      middleware({ name: 'third', end() {} }),
    )(request)
    const emit = (times: number) => {
      for (let time = 0; time < times; time++) call?.emit(key, value)
    }
    emit(50_000)
    gc()
    const before = process.memoryUsage().heapUsed
    emit(1_000_000)
    const after = process.memoryUsage().heapUsed
    // one word for each would be eight million bytes
    expect(after - before).toBeLessThan(200_000)
  })
})
