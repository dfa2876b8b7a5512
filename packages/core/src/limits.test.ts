import { fakeProvider } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import { observed, slowly } from '../test/observed.ts'
import { errorOf, HandFeed, handling, MODES, read, repeating, request, said, saying, wrapping } from '../test/onion.ts'
import { AbortedError, createController, ProviderError, Reply, TimeoutError } from './index.ts'

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
