import { fakeProvider, recorder, signalProbe, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import { observed, slowly } from '../test/observed.ts'
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
  repeating,
  request,
  said,
  saying,
  shouting,
  soundness,
  text,
  wrapping,
} from '../test/onion.ts'
import { AbortedError, type Clock, EndedError, type Layer, middleware, pipeline, Reply, type Usage } from './index.ts'

const usage: Usage = { inputTokens: 3, outputTokens: 5, source: 'provider' }

describe('E1: every pass ends once, with what had passed and where the time went', () => {
  it.each(MODES)('E1: done, with the whole answer and its usage (%s)', async (mode) => {
    const { chat, seen, endingOf } = observed(answering(() => [text('a'), text('b'), { ...end(), usage } as never]))
    expect(await errorOf(chat, mode)).toBeUndefined()
    expect(seen.endingsOf('outer')).toEqual(['done'])
    expect(endingOf('outer').completion).toMatchObject({ text: 'ab', finish: 'stop', usage })
    expect(endingOf('outer').completion).toEqual(endingOf('inner').completion)
  })

  it.each(['fails', 'is left'])('E1: a wait that %s lasts until the ending, not until it is told', async (how) => {
    // every read of this clock takes a millisecond
    let now = 0
    const clock: Clock = { now: () => now++, epochMs: () => 0, setTimer: () => () => undefined }
    const feed = new HandFeed()
    const overs: number[] = []
    const keep = (name: string) =>
      middleware({
        name,
        handle: (call, next) => next(call),
        end: (call, { at, providerMs, consumerMs }) => void overs.push(providerMs + consumerMs - (at - call.startedAt)),
      })
    const adapter = answering(() => feed)
    const chat = pipeline({ adapter, clock, layers: ['a', 'b', 'c', 'd', 'e', 'f'].map(keep) as [] })
    const reply = await chat(request)
    const waiting = reply[Symbol.asyncIterator]().next()
    if (how === 'fails') feed.push(new Error('reset'))
    else await reply.cancel()
    await waiting.catch(() => undefined)
    expect(overs).toHaveLength(6)
    for (const over of overs) expect(over).toBeLessThanOrEqual(0)
  })

  it('E1: the completion is what passed at that position', async () => {
    const { chat, endingOf } = observed(saying('quiet'), shouting('loud'))
    const reply = await chat(request)
    for await (const _ of reply) break
    expect(endingOf('inner').completion.text).toBe('quiet')
    expect(endingOf('outer').completion.text).toBe('QUIET')
  })

  it.each([
    ['aborted', 'abort'],
    ['failed', 'fail'],
    ['abandoned', 'leave'],
  ] as const)('E1: %s, with the partial answer and the usage so far', async (kind, how) => {
    const feed = new HandFeed()
    const { chat, endingOf } = observed(answering(() => feed))
    const controller = new AbortController()
    const reply = await chat(request, { signal: controller.signal })
    feed.push(
      { type: 'start', id: 'r', model: 'm-1', at: 0 },
      text('par'),
      { type: 'usage', usage, at: 0 },
      text('tial'),
    )
    const steps = reply[Symbol.asyncIterator]()
    for (let index = 0; index < 4; index++) await steps.next()
    if (how === 'abort') controller.abort()
    else if (how === 'fail') {
      const failed = steps.next()
      feed.push(new Error('reset'))
      await expect(failed).rejects.toThrow('reset')
    } else await steps.return?.()
    for (const layer of ['inner', 'outer']) {
      expect(endingOf(layer)).toMatchObject({ kind, completion: { id: 'r', model: 'm-1', text: 'partial', usage } })
      expect(endingOf(layer).completion).not.toHaveProperty('finish')
    }
    expect(feed.closes).toBeGreaterThan(0)
  })

  it('E1: the time is split between what is inside and what is outside', async () => {
    const { chat, clock, endingOf } = observed(
      fakeProvider([{ text: 'a' }, { waitMs: 20 }, { text: 'b' }, { waitMs: 30 }, { text: 'c' }]),
      handling('slow', async (call, next) => {
        await new Promise<void>((resolve) => call.clock.setTimer(100, resolve))
        return next(call)
      }),
    )
    const consumer = async () => {
      const events = await read(chat(request).then((reply) => slowly(reply, clock, 7)))
      return events.length
    }
    expect(await clock.runUntil(consumer())).toBe(5)
    // start, a, b, c: each kept the consumer busy for 7 ms before the end
    expect(endingOf('outer')).toMatchObject({ providerMs: 150, consumerMs: 28, at: 178 })
    expect(endingOf('inner')).toMatchObject({ providerMs: 50, consumerMs: 28, at: 178 })
  })

  it('E1: a wait that an abort cuts short is the time of what is inside', async () => {
    const { chat, clock, endingOf } = observed(fakeProvider([{ text: 'a' }, { stall: true }]))
    const controller = new AbortController()
    const reading = errorOf(chat, 'stream', { signal: controller.signal })
    await clock.advance(40)
    controller.abort()
    await reading
    expect(endingOf('outer')).toMatchObject({ kind: 'aborted', providerMs: 40, consumerMs: 0 })
  })

  it('E1, R5: whole answers have one time for all events, and all endings come before the promise resolves', async () => {
    const { chat, clock, seen, endingOf } = observed(fakeProvider({ text: 'a b c', headersMs: 50 }))
    const whole = chat.complete(request).then(() => [...seen.log])
    const logged = await clock.runUntil(whole)
    expect(logged.at(-1)).toBe('outer.end done')
    expect(new Set(seen.passes[0]?.events.map(({ at }) => at))).toEqual(new Set([50]))
    expect(endingOf('outer')).toMatchObject({ kind: 'done', providerMs: 50, consumerMs: 0 })
  })
})

describe('E3: leaving is abandoned', () => {
  const LEAVING: Record<string, (reply: Reply) => Promise<unknown>> = {
    'leaving the loop': async (reply) => {
      for await (const _ of reply) break
    },
    'throwing in the loop': async (reply) => {
      const reading = async () => {
        for await (const _ of reply) throw new Error('mine')
      }
      await expect(reading()).rejects.toThrow('mine')
    },
    'returning from the loop': async (reply) => {
      for await (const event of reply) return event
      return undefined
    },
    'cancel()': (reply) => reply.cancel(),
    'cancel() in the middle': async (reply) => {
      const steps = reply[Symbol.asyncIterator]()
      await steps.next()
      await reply.cancel()
      expect(await steps.next()).toEqual({ value: undefined, done: true })
    },
    'cancel() while a next() waits': async (reply) => {
      const steps = reply[Symbol.asyncIterator]()
      await steps.next()
      const waiting = steps.next()
      await reply.cancel()
      expect(await waiting).toEqual({ value: undefined, done: true })
    },
    disposal: async (reply) => {
      await using _held = reply
    },
    'peeking, then disposal': async (reply) => {
      await using held = reply
      expect(await held.peek()).toMatchObject({ text: expect.stringMatching(/^a$/i) })
    },
    'throw() of the iterator': async (reply) => {
      const steps = reply[Symbol.asyncIterator]()
      await steps.next()
      await expect(steps.throw?.(new Error('mine'))).rejects.toThrow('mine')
    },
  }

  it.each(Object.entries(LEAVING))('E3: %s', async (_how, leave) => {
    for (const layers of [[], [shouting('loud')], [wrapping('wrap')], [peeking('peek')], [repeating('retry', 2)]]) {
      const feed = new HandFeed()
      feed.push(text('a'))
      const { chat, seen, clock, endingOf } = observed(
        answering(() => feed),
        ...layers,
      )
      const reply = await chat(request)
      await leave(reply)
      await clock.settle()
      expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['abandoned'], ['abandoned']])
      expect(soundness(seen.log)).toEqual([])
      expect(feed.closes).toBeGreaterThan(0)
      expect(clock.pending).toEqual([])
      const late = await rejection(reply.result())
      expect(late).toBeInstanceOf(EndedError)
      expect(late.ending).toBe(endingOf('outer'))
    }
  })

  it('E3: the reason of cancel() is in the ending, in the error of result(), and with the feed', async () => {
    const feed = new HandFeed()
    const { chat, endingOf } = observed(answering(() => feed))
    const reply = await chat(request)
    await reply.cancel('bored')
    expect(endingOf('outer')).toMatchObject({ kind: 'abandoned', reason: 'bored' })
    expect(endingOf('inner')).toMatchObject({ kind: 'abandoned', reason: 'bored' })
    expect(await rejection(reply.result())).toMatchObject({ cause: 'bored' })
    expect(feed.closeReason).toBe('bored')
  })

  it.each([
    ['throws', async (reply: Reply) => Promise.reject(new Error(`no ${typeof reply}`))],
    [
      'throws after a peek',
      async (reply: Reply) => {
        await reply.peek()
        throw new Error('no')
      },
    ],
    [
      'cancels the reply and answers itself',
      async (reply: Reply) => {
        await reply.cancel('mine is better')
        return Reply.from(said('mine'))
      },
    ],
    [
      'leaves the reply in a loop and answers itself',
      async (reply: Reply) => {
        for await (const _ of reply) break
        return Reply.from(said('mine'))
      },
    ],
  ])(
    'E3: when a layer %s, what is inside ends abandoned, what is outside by what crosses to it',
    async (_what, act) => {
      const feed = new HandFeed()
      feed.push(text('a'))
      const { chat, seen } = observed(
        answering(() => feed),
        handling('dropping', async (call, next) => act(await next(call))),
      )
      const error = await errorOf(chat, 'complete')
      expect(seen.endingsOf('inner')).toEqual(['abandoned'])
      expect(seen.endingsOf('outer')).toEqual([error ? 'failed' : 'done'])
      expect(feed.closes).toBeGreaterThan(0)
      expect(soundness(seen.log)).toEqual([])
    },
  )

  it('E3: a layer that throws while its next() waits: what is inside ends abandoned, and may stop what it waits for', async () => {
    const provider = fakeProvider({ headersMs: 1000, text: 'Hi' })
    const inside = repeating('retry', 5)
    const waiting = handling('waiting', async (call, next) => {
      await new Promise<void>((resolve) => {
        const cancel = call.clock.setTimer(500, resolve)
        call.signal.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      })
      return next(call)
    })
    const { chat, clock, seen } = observed(
      provider,
      handling('hasty', async (call, next) => {
        const pending = next(call)
        pending.catch(() => undefined)
        await new Promise<void>((resolve) => call.clock.setTimer(10, resolve))
        throw new Error('too slow')
      }),
      seen0.layer('between'),
      inside,
      waiting,
    )
    const error = await clock.runUntil(errorOf(chat, 'stream'))
    expect(error).toMatchObject({ message: 'too slow' })
    expect(seen.endingsOf('outer')).toEqual(['failed'])
    expect(seen0.endingsOf('between')).toEqual(['abandoned'])
    await clock.settle()
    expect(clock.pending).toEqual([])
    await clock.advance(5000)
    // nothing is sent for a pass that has ended
    expect(provider.ledger).toHaveLength(0)
    expect(seen.passesOf('inner')).toEqual([])
  })
  const seen0 = recorder()
})

describe('E4: done is fixed when the end event passes', () => {
  it.each(['leave', 'cancel', 'abort', 'fail', 'read on'] as const)(
    'E4: to %s after it changes nothing',
    async (how) => {
      const feed = new HandFeed()
      const { chat, clock, seen } = observed(answering(() => feed))
      const probe = signalProbe()
      const reply = await chat(request, { signal: probe.signal })
      feed.push(text('a'), end())
      const steps = reply[Symbol.asyncIterator]()
      await steps.next()
      expect(await steps.next()).toMatchObject({ value: { type: 'end' } })
      expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['done'], ['done']])
      expect(feed.closes).toBe(1)
      if (how === 'leave') await steps.return?.()
      else if (how === 'cancel') await reply.cancel()
      else if (how === 'abort') probe.abort()
      else if (how === 'fail') feed.push(new Error('late'))
      expect(await steps.next()).toEqual({ value: undefined, done: true })
      expect((await reply.result()).text).toBe('a')
      expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['done'], ['done']])
      // nobody waits for more
      expect(feed.pulls).toBe(2)
      expect(probe.listeners).toBe(0)
      expect(clock.pending).toEqual([])
    },
  )

  it('E4: a layer that has the end in its hands cannot undo it inside', async () => {
    const { chat, seen } = observed(
      saying('a'),
      handling('late', async (call, next) => {
        const reply = await next(call)
        await reply.peek(({ type }) => type === 'end')
        throw new Error('after all')
      }),
    )
    expect(await errorOf(chat, 'complete')).toMatchObject({ message: 'after all' })
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['done'], ['failed']])
  })
})

describe('E5: unread', () => {
  it('E5: a reply that is never asked for an event ends after unreadAfterMs', async () => {
    const feed = new HandFeed()
    const clock = virtualClock()
    const seen = recorder()
    const chat = pipeline({ adapter: answering(() => feed), layers: [seen.layer('outer')], clock, unreadAfterMs: 500 })
    const reply = await chat(request)
    await clock.advance(499)
    expect(seen.endingsOf('outer')).toEqual(['open'])
    await clock.advance(1)
    expect(seen.endingsOf('outer')).toEqual(['unread'])
    expect(feed.closes).toBe(1)
    expect(clock.pending).toEqual([])
    const late = await rejection(reply.result())
    expect(late).toBeInstanceOf(EndedError)
    expect(late).toMatchObject({ message: 'the reply was not read in time', ending: { kind: 'unread' } })
    await expect(read(reply)).rejects.toBe(late)
  })

  it('E5: by default that takes a minute, and the timer keeps no process alive', async () => {
    const { chat, clock } = observed(answering(() => new HandFeed()))
    await chat(request)
    expect(clock.pending).toEqual([{ dueAt: 60_000, delayMs: 60_000, background: true }])
  })

  it.each<[string, Layer]>([
    ['peek', peeking('ahead')],
    ['wrapper', wrapping('ahead')],
    ['transform', shouting('ahead')],
  ])('E5: a %s inside is not asking; every pass ends unread', async (_what, layer) => {
    const feed = new HandFeed()
    feed.push(text('a'))
    const { chat, clock, seen } = observed(
      answering(() => feed),
      layer,
    )
    await chat(request)
    await clock.advance(60_000)
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['unread'], ['unread']])
    expect(feed.closes).toBeGreaterThan(0)
    expect(soundness(seen.log)).toEqual([])
  })

  it.each([
    ['next()', (reply: Reply) => reply[Symbol.asyncIterator]().next()],
    ['result()', (reply: Reply) => reply.result()],
    ['peek()', (reply: Reply) => reply.peek()],
  ])('E5: %s of the caller is asking', async (_what, ask) => {
    const { chat, clock, seen } = observed(answering(() => new HandFeed()))
    const asked = ask(await chat(request))
    asked.catch(() => undefined)
    await clock.settle()
    expect(clock.pending).toEqual([])
    await clock.advance(600_000)
    expect(seen.endingsOf('outer')).toEqual(['open'])
  })

  it('E5: a reply that ends on its way to the caller leaves no timer', async () => {
    const controller = new AbortController()
    const { chat, clock } = observed(
      saying('a'),
      handling('late', async (call, next) => {
        const reply = await next(call)
        queueMicrotask(() => queueMicrotask(() => controller.abort()))
        return reply
      }),
    )
    const reply = await chat(request, { signal: controller.signal })
    expect(clock.pending).toEqual([])
    await expect(read(reply)).rejects.toBeInstanceOf(AbortedError)
  })
})

describe('E8: what arrives too late is cancelled', () => {
  it('E8: the reply of an adapter after its pass was left', async () => {
    const feed = new HandFeed()
    const headers = Promise.withResolvers<void>()
    const { chat, clock } = observed(
      answering(async () => {
        await headers.promise
        return feed
      }),
      handling('impatient', async (call, next) => {
        next(call).catch(() => undefined)
        await Promise.resolve()
        throw new Error('no time')
      }),
    )
    await expect(chat(request)).rejects.toThrow('no time')
    headers.resolve()
    await clock.settle()
    expect(feed.closes).toBe(1)
  })

  it('E8: the reply of a layer after its pass was aborted', async () => {
    const own = new HandFeed()
    const go = Promise.withResolvers<void>()
    const { chat, clock, seen } = observed(
      saying('a'),
      handling('late', async () => {
        await go.promise
        return Reply.from(own)
      }),
    )
    const controller = new AbortController()
    const pending = chat(request, { signal: controller.signal })
    pending.catch(() => undefined)
    controller.abort()
    await expect(pending).rejects.toBeInstanceOf(AbortedError)
    go.resolve()
    await clock.settle()
    expect(own.closes).toBe(1)
    expect(seen.endingsOf('outer')).toEqual(['aborted'])
  })

  it('E8: what fails too late is nobody’s rejection', async () => {
    const go = Promise.withResolvers<void>()
    const { chat, clock } = observed(
      answering(async () => {
        await go.promise
        throw new Error('late')
      }),
    )
    const controller = new AbortController()
    const pending = chat(request, { signal: controller.signal })
    controller.abort()
    await expect(pending).rejects.toBeInstanceOf(AbortedError)
    go.resolve()
    await clock.settle()
  })
})
