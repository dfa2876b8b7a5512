import { fakeProvider, recorder, signalProbe } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import { observed } from '../test/observed.ts'
import {
  answering,
  errorOf,
  HandFeed,
  handling,
  MODES,
  rejection,
  repeating,
  request,
  said,
  saying,
  shouting,
  soundness,
  wrapping,
} from '../test/onion.ts'
import { AbortedError, createController, EndedError, type Layer, ProviderError, pipeline } from './index.ts'

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
