import { fakeProvider, recorder, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  errorOf,
  HandFeed,
  handling,
  MODES,
  rejection,
  request,
  said,
  saying,
  soundness,
} from '../test/onion.ts'
import {
  type Call,
  ClosedError,
  type DetachedCall,
  detachedEndNote,
  fact,
  type Handler,
  middleware,
  type Note,
  pipeline,
  Reply,
} from './index.ts'

const tenantFact = fact<string, 'tenant', 'in'>('tenant', 'in')
const scoreFact = fact<number, 'score', 'out'>('score', 'out')

/** A layer that answers by itself and lets a detached call do the work; `whole` is what that gave. */
const revalidating = (
  act: (detached: DetachedCall, next: Handler) => Promise<unknown> = async (call, next) => (await next(call)).result(),
) => {
  const made: { call?: DetachedCall; whole?: Promise<unknown> } = {}
  const layer = middleware({
    name: 'revalidating',
    async handle(call, next) {
      made.call = call.detach('revalidate')
      made.whole = act(made.call, next)
      made.whole.catch(() => undefined)
      return Reply.from(said('stale'))
    },
  })
  return Object.assign(made, { layer })
}

/** Keeps what it is told of detached calls, and with which state. */
const listening = (notes: { note: Note; state: unknown }[], name = 'listening') =>
  middleware({ name, start: () => 'its state', note: (_call, note, state) => void notes.push({ note, state }) })

describe('D1: detached calls', () => {
  it.each(MODES)(
    'D1: outlive the call that made them, and are told to the layers outside when they end (%s)',
    async (mode) => {
      const clock = virtualClock()
      const notes: { note: Note; state: unknown }[] = []
      const seen = recorder()
      const adapter = fakeProvider({ headersMs: 100, text: 'fresh' })
      const cache = revalidating()
      const chat = pipeline({ adapter, clock, layers: [listening(notes), cache.layer, seen.layer('inside')] })
      expect(await errorOf(chat, mode)).toBeUndefined()
      expect(notes).toEqual([])
      expect(await clock.runUntil(cache.whole as Promise<unknown>)).toMatchObject({ text: 'fresh' })
      expect(seen.endingsOf('inside')).toEqual(['done'])
      expect(soundness(seen.log)).toEqual([])
      // nothing but this may come after a pass ended; its state is undefined then
      expect(notes).toHaveLength(1)
      expect(notes[0]?.state).toBeUndefined()
      expect(notes[0]?.note).toMatchObject({
        key: detachedEndNote,
        from: 'revalidating',
        at: 100,
        value: { reason: 'revalidate', ending: { kind: 'done', completion: { text: 'fresh' } } },
      })
      const [{ call, parentId }] = notes.map(({ note }) => note.value) as [{ call: Call; parentId: string }]
      expect(call.detached).toBe('revalidate')
      expect(call.id).not.toBe(parentId)
      expect(call.attempts).toMatchObject([{ provider: 'fake', ending: { kind: 'done' } }])
      expect(clock.pending).toEqual([])
    },
  )

  it('D1: while the pass of a listener runs, it hears with its state', async () => {
    const notes: { note: Note; state: unknown }[] = []
    const cache = revalidating()
    const slow = handling('slow', async (call, next) => {
      const reply = await next(call)
      await cache.whole
      return reply
    })
    await pipeline({ adapter: saying('fresh'), layers: [listening(notes), slow, cache.layer] }).complete(request)
    expect(notes.map(({ state }) => state)).toEqual(['its state'])
  })

  it('D1: have a signal of their own: neither abort nor deadline nor ending of the maker touches them', async () => {
    const clock = virtualClock()
    const cache = revalidating()
    const controller = new AbortController()
    const bounding = handling('bounding', (call, next) => next(call.with({ signal: controller.signal, idleMs: 10 })))
    const adapter = fakeProvider({ headersMs: 100, steps: [{ waitMs: 100 }, { text: 'fresh' }] })
    const chat = pipeline({ adapter, clock, layers: [bounding, cache.layer] })
    const outer = new AbortController()
    const reply = await chat(request, { signal: outer.signal, deadlineMs: 50 })
    outer.abort()
    controller.abort()
    await reply.cancel()
    expect(await clock.runUntil(cache.whole as Promise<unknown>)).toMatchObject({ text: 'fresh' })
    expect(cache.call?.signal.aborted).toBe(false)
  })

  it('D1: have a frame of their own: in-facts are copied, out-facts stay apart', async () => {
    const read: unknown[] = []
    const giver = middleware({ name: 'giver', gives: [tenantFact], provide: (call) => call.give(tenantFact, 'acme') })
    const reader = middleware({ name: 'reader', reads: [scoreFact], end: (call) => void read.push(call.facts.score) })
    const inside = middleware({
      name: 'inside',
      reads: [tenantFact],
      gives: [scoreFact],
      end: (call) => {
        read.push(call.facts.tenant)
        call.give(scoreFact, 1)
      },
    })
    const cache = revalidating()
    const waiting = handling('waiting', async (call, next) => {
      const reply = await next(call)
      await cache.whole
      return reply
    })
    await pipeline({ adapter: saying('a'), layers: [giver, reader, waiting, cache.layer, inside] }).complete(request)
    expect(read).toEqual(['acme', undefined])
  })

  it('D1: what they buy is not in the spend of the maker', async () => {
    const attempts: number[] = []
    const cache = revalidating()
    const waiting = handling('waiting', async (call, next) => {
      const reply = await next(call)
      await cache.whole
      attempts.push(call.attempts.length, cache.call?.attempts.length ?? -1)
      return reply
    })
    await pipeline(saying('a'), waiting, cache.layer).complete(request)
    expect(attempts).toEqual([0, 1])
  })

  it('D1: keep what the caller said, but its signal and deadline', async () => {
    const cache = revalidating()
    const adapter = saying('a')
    const chat = pipeline(adapter, cache.layer)
    await chat.complete(request, {
      signal: new AbortController().signal,
      deadlineMs: 1000,
      requestId: 'r',
      attributes: { tenant: 'acme' },
      headers: { 'X-A': 'b' },
    })
    await cache.whole
    expect(cache.call?.caller).toEqual({ requestId: 'r', attributes: { tenant: 'acme' }, headers: { 'X-A': 'b' } })
    expect(adapter.calls[0]?.headers).toEqual({ 'x-a': 'b' })
  })

  it('D1: cancel() ends what runs of one, abandoned, and is told as such', async () => {
    const notes: { note: Note; state: unknown }[] = []
    const seen = recorder()
    const feed = new HandFeed()
    feed.push({ type: 'text', text: 'par', at: 0 })
    const cache = revalidating()
    const adapter = answering(() => feed)
    await pipeline(adapter, listening(notes), cache.layer, seen.layer('inside')).complete(request)
    await new Promise(setImmediate)
    const signal = cache.call?.signal
    cache.call?.cancel('enough')
    expect(seen.endingsOf('inside')).toEqual(['abandoned'])
    expect(feed.closes).toBe(1)
    expect(notes.map(({ note }) => note.value)).toMatchObject([
      { reason: 'revalidate', ending: { kind: 'abandoned', reason: 'enough', completion: { text: 'par' } } },
    ])
    expect(signal?.aborted).toBe(true)
    await rejection(cache.whole as Promise<unknown>)
    cache.call?.cancel('again')
    expect(notes).toHaveLength(1)
  })

  it('D1: cancel() while it waits for the reply', async () => {
    const clock = virtualClock()
    const adapter = fakeProvider({ headersMs: 100, text: 'fresh' })
    const cache = revalidating()
    await pipeline({ adapter, clock, layers: [cache.layer] }).complete(request)
    cache.call?.cancel()
    expect(await rejection(cache.whole as Promise<unknown>)).toMatchObject({ name: 'EndedError' })
    await clock.settle()
    expect(adapter.open).toBe(0)
    expect(clock.pending).toEqual([])
  })

  it('D1: one that was cancelled before it ran does not run', async () => {
    const adapter = saying('a')
    const cache = revalidating(async (call, next) => {
      call.cancel()
      return next(call)
    })
    await pipeline(adapter, cache.layer).complete(request)
    expect(await rejection(cache.whole as Promise<unknown>)).toMatchObject({ name: 'EndedError' })
    expect(adapter.calls).toHaveLength(0)
  })

  it('D1, R8: one detached call is one call', async () => {
    const cache = revalidating(async (call, next) => {
      await (await next(call)).result()
      return next(call)
    })
    await pipeline(saying('a'), cache.layer).complete(request)
    expect(await rejection(cache.whole as Promise<unknown>)).toMatchObject({
      layer: 'revalidating',
      rule: 'R8',
      message: expect.stringContaining('gave one detached call to next() more than once'),
    })
  })

  it('R8: the reply of a detached call is no answer for the call that made it', async () => {
    const wrong = handling('wrong', async (call, next) => next(call.detach('wrong')))
    await expect(pipeline(saying('a'), wrong).complete(request)).rejects.toMatchObject({
      layer: 'wrong',
      message: expect.stringContaining('returned a reply of another call'),
    })
  })

  it('R8: a call that another call has detached is refused', async () => {
    let stolen: DetachedCall | undefined
    const stealing = handling('stealing', async (call, next) => {
      if (stolen) return next(stolen as unknown as Call)
      stolen = call.detach('keep') as DetachedCall
      return next(call)
    })
    const chat = pipeline(saying('a'), stealing)
    await chat.complete(request)
    await expect(chat.complete(request)).rejects.toMatchObject({ layer: 'stealing', rule: 'R8' })
  })

  it('D1: one may be detached from another, and narrowed by with()', async () => {
    const notes: { note: Note; state: unknown }[] = []
    const adapter = saying('a')
    const cache = revalidating(async (call, next) => {
      const again = call.detach('deeper')
      const reply = await next(again.with({ request: { ...request, model: 'other' } } as never))
      return reply.result()
    })
    await pipeline(adapter, listening(notes), cache.layer).complete(request)
    await cache.whole
    expect(adapter.calls.map((call) => [call.request.model, call.detached])).toEqual([['other', 'deeper']])
    expect(notes.map(({ note }) => note.value)).toMatchObject([{ reason: 'deeper', parentId: cache.call?.id }])
  })

  it('D1: many at once, each told once', async () => {
    const notes: { note: Note; state: unknown }[] = []
    const whole: Promise<unknown>[] = []
    const fanning = handling('fanning', async (call, next) => {
      for (const reason of ['one', 'two', 'three'])
        whole.push(next(call.detach(reason)).then((reply) => reply.result()))
      return Reply.from(said('stale'))
    })
    await pipeline(saying('a'), listening(notes), fanning).complete(request)
    await Promise.all(whole)
    expect(notes.map(({ note }) => (note.value as { reason: string }).reason)).toEqual(['one', 'two', 'three'])
  })

  it('D1: an error of one is told, and is nobody’s unhandled rejection', async () => {
    const notes: { note: Note; state: unknown }[] = []
    const cache = revalidating()
    await pipeline(fakeProvider({ failure: { status: 500 } }), listening(notes), cache.layer).complete(request)
    await rejection(cache.whole as Promise<unknown>)
    expect(notes.map(({ note }) => note.value)).toMatchObject([
      { ending: { kind: 'failed', error: { kind: 'server' } } },
    ])
  })

  it('D1: from a nested pipeline it is told to the layers around it, too', async () => {
    const notes: { note: Note; state: unknown }[] = []
    const cache = revalidating()
    await pipeline(pipeline(saying('a'), cache.layer), listening(notes)).complete(request)
    await cache.whole
    expect(notes.map(({ note }) => note.key)).toEqual([detachedEndNote])
  })
})

describe('C9: close and detached calls', () => {
  it('C9: close waits for detached calls, in every pipeline that they run in', async () => {
    const clock = virtualClock()
    const log: string[] = []
    const cache = revalidating()
    const inner = pipeline({
      adapter: fakeProvider({ headersMs: 100, text: 'a' }),
      layers: [cache.layer],
      name: 'inner',
    })
    const outer = pipeline({ adapter: inner, clock, layers: [] })
    await outer.complete(request)
    cache.whole?.then(() => log.push('detached call over'))
    const closed = outer.close().then(() => log.push('closed'))
    await clock.runUntil(closed)
    expect(log).toEqual(['detached call over', 'closed'])
  })

  it('C9: what is left at the deadline is aborted', async () => {
    const clock = virtualClock()
    const cache = revalidating()
    const chat = pipeline({ adapter: fakeProvider({ noHeaders: true }), clock, layers: [cache.layer] })
    await chat.complete(request)
    await clock.runUntil(chat.close({ deadlineMs: 500 }))
    expect(await rejection(cache.whole as Promise<unknown>)).toBeInstanceOf(ClosedError)
  })

  it('C9: close waits for one that is detached when its maker is over already', async () => {
    const clock = virtualClock()
    const go = Promise.withResolvers<void>()
    let whole: Promise<unknown> | undefined
    const late = handling('late', async (call, next) => {
      whole = go.promise.then(() => next(call.detach('late'))).then((reply) => reply.result())
      return Reply.from(said('stale'))
    })
    const chat = pipeline({ adapter: fakeProvider({ headersMs: 100, text: 'a' }), clock, layers: [late] })
    await chat.complete(request)
    go.resolve()
    await clock.settle()
    let closed = false
    const closing = chat.close().then(() => {
      closed = true
    })
    await clock.settle()
    expect(closed).toBe(false)
    await clock.runUntil(closing)
    expect(await whole).toMatchObject({ text: 'a' })
  })

  it('C9: none begins once the pipeline has closed', async () => {
    const go = Promise.withResolvers<void>()
    const adapter = saying('a')
    const cache = revalidating(async (call, next) => {
      await go.promise
      return next(call)
    })
    const chat = pipeline(adapter, cache.layer)
    await chat.complete(request)
    await chat.close()
    go.resolve()
    expect(await rejection(cache.whole as Promise<unknown>)).toBeInstanceOf(ClosedError)
    expect(adapter.calls).toHaveLength(0)
  })
})
