import { fakeProvider, recorder, signalProbe, virtualClock } from '@cepa/testing'
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
  repeating,
  request,
  said,
  saying,
  shouting,
  soundness,
  text,
  wrapping,
} from '../test/onion.ts'
import {
  AbortedError,
  type Adapter,
  createController,
  EndedError,
  type Ending,
  type Layer,
  ProviderError,
  pipeline,
  Reply,
  TimeoutError,
  type Usage,
} from './index.ts'

const usage: Usage = { inputTokens: 3, outputTokens: 5, source: 'provider' }

/** A pipeline on a clock of its own whose outermost and innermost layers write down how they end. */
function observed(adapter: Adapter, ...layers: readonly Layer[]) {
  const clock = virtualClock()
  const seen = recorder()
  const all = [seen.layer('outer'), ...layers, seen.layer('inner')] as readonly Layer[] as []
  const chat = pipeline({ adapter, layers: all, clock })
  const endingOf = (layer: string): Ending => seen.passesOf(layer).at(-1)?.endings[0] as Ending
  return { chat, clock, seen, endingOf }
}

describe('E1: every pass ends once, with what had passed and where the time went', () => {
  it.each(MODES)('E1: done, with the whole answer and its usage (%s)', async (mode) => {
    const { chat, seen, endingOf } = observed(answering(() => [text('a'), text('b'), { ...end(), usage } as never]))
    expect(await errorOf(chat, mode)).toBeUndefined()
    expect(seen.endingsOf('outer')).toEqual(['done'])
    expect(endingOf('outer').completion).toMatchObject({ text: 'ab', finish: 'stop', usage })
    expect(endingOf('outer').completion).toEqual(endingOf('inner').completion)
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

/** Hands events on with a pause after each. */
function slowly(reply: Reply, clock: ReturnType<typeof virtualClock>, pauseMs: number): Reply {
  const each = async function* () {
    for await (const event of reply) {
      yield event
      if (event.type !== 'end') await new Promise<void>((resolve) => clock.setTimer(pauseMs, resolve))
    }
  }
  return { [Symbol.asyncIterator]: each } as unknown as Reply
}

describe('E2: endings are local', () => {
  it.each(MODES)('E2: an error of the provider fails every pass that it crosses (%s)', async (mode) => {
    const { chat, seen } = observed(
      fakeProvider({ failure: { kind: 'server', status: 500 } }),
      handling('mid', (c, n) => n(c)),
    )
    const error = await errorOf(chat, mode)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ kind: 'server', ending: { kind: 'failed', completion: { text: '' } } })
    expect([seen.endingsOf('outer'), seen.endingsOf('inner')]).toEqual([['failed'], ['failed']])
  })

  /** Bounds what is inside by a signal of its own, as a timeout does. */
  const bounding = (limitMs: number, name = 'bounding') =>
    handling(name, (call, next) => {
      const controller = createController()
      const error = new TimeoutError({ limit: 'total', limitMs, setBy: name })
      call.clock.setTimer(limitMs, () => controller.abort(error))
      return next(call.with({ signal: controller.signal }))
    })

  it.each([
    ['before headers', { noHeaders: true }],
    ['in the middle', { steps: [{ text: 'a' }, { stall: true }] }],
  ] as const)('E2: a limit %s ends the layers inside it aborted, those outside failed', async (_when, script) => {
    const { chat, clock, seen, endingOf } = observed(fakeProvider(script as never), bounding(30, 'limiting'))
    const error = (await clock.runUntil(errorOf(chat, 'stream'))) as TimeoutError
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ kind: 'timeout', limit: 'total', limitMs: 30, setBy: 'limiting', retryable: true })
    expect(error.message).toContain('the call took longer than 30 ms (limit total, set by limiting)')
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['failed']])
    expect(endingOf('outer')).toMatchObject({ error })
    expect(clock.pending).toEqual([])
  })

  it('E2: what a limit inside has ended may be tried again', async () => {
    const limiting = handling('limiting', async (call, next) => {
      const controller = createController()
      const cancel = call.clock.setTimer(30, () =>
        controller.abort(new TimeoutError({ limit: 'headers', limitMs: 30, setBy: 'limiting' })),
      )
      try {
        return await next(call.with({ signal: controller.signal }))
      } finally {
        cancel()
      }
    })
    const provider = fakeProvider(({ attempt }) => (attempt === 0 ? { noHeaders: true } : 'Hi'))
    const { chat, clock, seen } = observed(provider, repeating('retry', 2), limiting)
    expect((await clock.runUntil(chat.complete(request))).text).toBe('Hi')
    expect([seen.endingsOf('outer'), seen.endingsOf('inner')]).toEqual([['done'], ['aborted', 'done']])
  })

  it('E2: a layer that aborts by a plain reason ends what is outside of it by an AbortedError, failed', async () => {
    const stopping = handling('stopping', async (call, next) => {
      const controller = createController()
      const reply = await next(call.with({ signal: controller.signal }))
      call.clock.setTimer(5, () => controller.abort('enough'))
      return reply
    })
    const { chat, clock, seen } = observed(fakeProvider([{ text: 'a' }, { stall: true }]), stopping)
    const error = await clock.runUntil(errorOf(chat, 'stream'))
    expect(error).toBeInstanceOf(AbortedError)
    expect(error).toMatchObject({ cause: 'enough' })
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['failed']])
  })

  it.each([
    ['before headers', { noHeaders: true }],
    ['in the middle', { steps: [{ text: 'a' }, { stall: true }] }],
  ] as const)('E2: the deadline of the caller %s ends all passes aborted', async (_when, script) => {
    for (const mode of MODES) {
      const { chat, clock, seen } = observed(
        fakeProvider(script as never),
        handling('mid', (c, n) => n(c)),
      )
      const error = (await clock.runUntil(errorOf(chat, mode, { deadlineMs: 80 }))) as TimeoutError
      expect(error).toBeInstanceOf(TimeoutError)
      expect(error).toMatchObject({ limit: 'deadline', limitMs: 80, setBy: 'caller', retryable: false })
      expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['aborted']])
      expect(clock.now()).toBe(80)
      expect(clock.pending).toEqual([])
    }
  })

  it('E2: the deadline counts from the start of the call, while the consumer is busy too', async () => {
    const { chat, clock, seen } = observed(saying('a', 'b'))
    const reply = await chat(request, { deadlineMs: 50 })
    const steps = reply[Symbol.asyncIterator]()
    await steps.next()
    await clock.advance(50)
    expect(seen.endingsOf('outer')).toEqual(['aborted'])
    await expect(steps.next()).rejects.toMatchObject({ limit: 'deadline' })
  })

  it('E2: a deadline that is not met leaves no timer', async () => {
    const { chat, clock } = observed(saying('a'))
    await chat.complete(request, { deadlineMs: 50 })
    expect(clock.pending).toEqual([])
  })

  it('E2: of two limits each ends what is inside of it', async () => {
    const { chat, clock, seen } = observed(
      fakeProvider([{ text: 'a' }, { stall: true }]),
      bounding(90, 'wide'),
      handling('between', (call, next) => next(call)),
      bounding(40, 'narrow'),
    )
    const error = await clock.runUntil(errorOf(chat, 'stream'))
    expect(error).toMatchObject({ limitMs: 40, setBy: 'narrow' })
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['failed']])
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

describe('E6: an abort ends all passes that it covers at once', () => {
  const PHASES: Record<string, { script: object; steps?: number; busy?: boolean; waiting?: boolean }> = {
    'before headers': { script: { noHeaders: true } },
    'before the first token': { script: { steps: [{ stall: true }] }, steps: 1, waiting: true },
    'in the middle, while a pull waits': {
      script: { steps: [{ text: 'a' }, { stall: true }] },
      steps: 2,
      waiting: true,
    },
    'in the middle, while the consumer is busy': { script: { text: 'a b c' }, steps: 2 },
  }
  const STACKS: Record<string, () => readonly Layer[]> = {
    'watching layers': () => [],
    'a repeating layer': () => [repeating('retry', 3)],
    'a transform': () => [shouting('loud')],
    'a wrapper': () => [wrapping('wrap')],
    'a wrapper around a repeating layer': () => [wrapping('wrap'), repeating('retry', 3)],
  }

  describe.each(Object.entries(PHASES))('E6: %s', (_phase, { script, steps = 0, waiting = false }) => {
    it.each(Object.entries(STACKS))('E6: around %s', async (_what, layers) => {
      const provider = fakeProvider(script as never)
      const { chat, clock, seen, endingOf } = observed(provider, ...layers())
      const probe = signalProbe()
      const pending = chat(request, { signal: probe.signal })
      pending.catch(() => undefined)
      await clock.settle()
      const iterator = steps > 0 ? (await pending)[Symbol.asyncIterator]() : undefined
      for (let index = 0; index < steps; index++) await iterator?.next()
      const next = waiting ? iterator?.next() : undefined
      next?.catch(() => undefined)
      await clock.settle()
      probe.abort('stop')
      // at once: nothing has to settle for it
      expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['aborted']])
      expect(soundness(seen.log)).toEqual([])
      expect(probe.listeners).toBe(0)
      const error = await rejection(iterator ? (next ?? iterator.next()) : pending)
      expect(error).toBeInstanceOf(AbortedError)
      expect(error).toMatchObject({ name: 'AbortError', cause: 'stop', code: 'CEPA_ABORTED' })
      expect(error.ending).toBe(endingOf('outer'))
      await clock.settle()
      expect(provider.open).toBe(0)
      expect(provider.last.outcome).toBe('closed')
      expect(clock.pending).toEqual([])
    })
  })

  it.each(MODES)(
    'E6: a signal that fired before: the outermost stretch starts and ends, nothing inside is entered (%s)',
    async (mode) => {
      const adapter = saying('a')
      const seen = recorder()
      const chat = pipeline(
        adapter,
        seen.layer('one'),
        seen.layer('two'),
        seen.layer('control', { handle: true }),
        seen.layer('inside'),
      )
      const probe = signalProbe()
      probe.abort('long ago')
      expect(await errorOf(chat, mode, { signal: probe.signal })).toMatchObject({
        name: 'AbortError',
        cause: 'long ago',
      })
      expect(seen.log).toEqual([
        'one.provide',
        'one.start',
        'two.provide',
        'two.start',
        'control.provide',
        'control.start',
        'control.end aborted',
        'two.end aborted',
        'one.end aborted',
      ])
      expect(adapter.calls).toHaveLength(0)
      expect(probe.attached).toBe(0)
    },
  )

  it('E6: an iterable of a stranger that never answers holds nobody up', async () => {
    let left = false
    const deaf: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          left = true
          return { value: undefined, done: true as const }
        },
      }),
    }
    const { chat, seen } = observed(answering(() => deaf))
    const controller = new AbortController()
    const steps = (await chat(request, { signal: controller.signal }))[Symbol.asyncIterator]()
    const waiting = steps.next()
    controller.abort()
    await expect(waiting).rejects.toBeInstanceOf(AbortedError)
    expect(seen.endingsOf('outer')).toEqual(['aborted'])
    expect(left).toBe(true)
  })

  it('E6: an adapter that does not hear its signal holds nobody up, and its late reply is closed', async () => {
    const feed = new HandFeed()
    const headers = Promise.withResolvers<void>()
    const { chat, seen, clock } = observed(
      answering(async () => {
        await headers.promise
        return feed
      }),
    )
    const controller = new AbortController()
    const pending = chat(request, { signal: controller.signal })
    pending.catch(() => undefined)
    await clock.settle()
    controller.abort()
    expect(seen.endingsOf('outer')).toEqual(['aborted'])
    await expect(pending).rejects.toBeInstanceOf(AbortedError)
    headers.resolve()
    await clock.settle()
    expect(feed.closes).toBe(1)
  })

  it('E6: a signal given to with() adds to the signal of the call, and covers what is inside only', async () => {
    const inner = createController()
    const narrowing = () => handling('narrowing', (call, next) => next(call.with({ signal: inner.signal })))
    const feeds = [new HandFeed(), new HandFeed()]
    const { chat, seen } = observed(
      answering((_call, nth) => feeds[nth] as HandFeed),
      narrowing(),
    )
    const outer = new AbortController()
    const first = (await chat(request, { signal: outer.signal }))[Symbol.asyncIterator]()
    outer.abort()
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['aborted']])
    await expect(first.next()).rejects.toBeInstanceOf(AbortedError)
    seen.clear()
    await chat(request)
    inner.abort()
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['failed']])
    expect(feeds.map(({ closes }) => closes)).toEqual([1, 1])
  })

  it('E6: one reason that ends many calls gives each an error of its own', async () => {
    const reason = new ProviderError({ provider: 'x', kind: 'server', message: 'shared' })
    const { chat } = observed(fakeProvider([{ text: 'a' }, { stall: true }]))
    const controller = new AbortController()
    const { signal } = controller
    const both = [errorOf(chat, 'stream', { signal }), errorOf(chat, 'stream', { signal })]
    await new Promise(setImmediate)
    controller.abort(reason)
    const [one, other] = (await Promise.all(both)) as AbortedError[]
    expect(one).not.toBe(other)
    expect(one?.cause).toBe(reason)
    expect(one?.ending).not.toBe(other?.ending)
    expect(reason).not.toHaveProperty('ending')
  })

  it('E6: the signal that an adapter sees fires with the reason of the caller', async () => {
    const adapter = answering(() => new HandFeed())
    const { chat } = observed(adapter)
    const controller = new AbortController()
    await chat(request, { signal: controller.signal })
    const signal = adapter.calls[0]?.signal
    expect(signal).toBe(adapter.calls[0]?.signal)
    expect(signal?.aborted).toBe(false)
    controller.abort('mine')
    expect(signal).toMatchObject({ aborted: true, reason: 'mine' })
  })

  it('E6: the signal that an adapter sees fires when the reply is left, too, but not after the end', async () => {
    const adapter = answering(() => said('a'))
    const { chat } = observed(adapter)
    const left = await chat(request)
    const leftSignal = adapter.calls[0]?.signal
    await left.cancel()
    expect(leftSignal).toMatchObject({ aborted: true, reason: expect.any(EndedError) })
    const controller = new AbortController()
    const readReply = await chat(request, { signal: controller.signal })
    const readSignal = adapter.calls[1]?.signal
    await readReply.result()
    controller.abort()
    expect(readSignal?.aborted).toBe(false)
    // asked for late, it is told how it ended
    expect(adapter.calls[0]?.signal.aborted).toBe(true)
  })
})

describe('E7: the idle limit', () => {
  const limiting = (idleMs: number, name = 'limiting') => handling(name, (call, next) => next(call.with({ idleMs })))

  it('E7: runs while a pull waits for the provider', async () => {
    const { chat, clock, seen } = observed(
      fakeProvider([{ text: 'a' }, { waitMs: 90 }, { text: 'b' }, { stall: true }]),
      limiting(100),
    )
    const error = await clock.runUntil(errorOf(chat, 'stream'))
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ limit: 'idle', limitMs: 100, setBy: 'limiting', provider: 'fake', retryable: true })
    expect(clock.now()).toBe(190)
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['failed']])
    expect(seen.passes[0]?.endings[0]?.completion.text).toBe('ab')
    expect(clock.pending).toEqual([])
  })

  it('E7: does not run while the consumer is busy', async () => {
    const { chat, clock, seen } = observed(fakeProvider([{ text: 'a' }, { waitMs: 60 }, { text: 'b' }]), limiting(100))
    const slow = async () => (await read(chat(request).then((reply) => slowly(reply, clock, 500)))).length
    expect(await clock.runUntil(slow())).toBe(4)
    expect(seen.endingsOf('outer')).toEqual(['done'])
    expect(clock.pending).toEqual([])
  })

  it('E7: does not run before the headers, nor on what a layer answers by itself', async () => {
    const headers = observed(fakeProvider({ headersMs: 5000, text: 'a' }), limiting(100))
    expect((await headers.clock.runUntil(headers.chat.complete(request))).text).toBe('a')
    const feed = new HandFeed()
    const own = observed(
      saying('a'),
      limiting(100),
      handling('replay', async () => Reply.from(feed)),
    )
    const reading = own.chat.complete(request)
    await own.clock.advance(5000)
    feed.push(...said('slow'))
    expect((await reading).text).toBe('slow')
  })

  it.each([
    [100, 50],
    [50, 100],
  ])('E7: of two, %d outside and %d inside, the tighter counts, where it was set', async (outerMs, innerMs) => {
    const { chat, clock, seen } = observed(
      fakeProvider([{ text: 'a' }, { stall: true }]),
      limiting(outerMs, 'wide'),
      limiting(innerMs, 'near'),
    )
    const error = await clock.runUntil(errorOf(chat, 'stream'))
    expect(error).toMatchObject({ limit: 'idle', limitMs: 50, setBy: outerMs === 50 ? 'wide' : 'near' })
    expect(seen.endingsOf('inner')).toEqual(['aborted'])
  })

  it('E7: holds below a wrapper, and is charged to what is inside of the layer that set it', async () => {
    const { chat, clock, seen } = observed(
      fakeProvider([{ text: 'a' }, { stall: true }]),
      limiting(100),
      wrapping('wrap'),
    )
    expect(await clock.runUntil(errorOf(chat, 'stream'))).toMatchObject({ limit: 'idle' })
    expect([seen.endingsOf('inner'), seen.endingsOf('outer')]).toEqual([['aborted'], ['failed']])
  })

  it('E7: says how far the call got, where it is told', async () => {
    const telling = handling('telling', (call, next) =>
      next(call.with({ idleMs: 10, progress: () => 'after 1 event' })),
    )
    const { chat, clock } = observed(fakeProvider([{ text: 'a' }, { stall: true }]), telling)
    expect(await clock.runUntil(errorOf(chat, 'stream'))).toMatchObject({
      message: 'the provider sent nothing for 10 ms (limit idle, set by telling); after 1 event',
    })
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
