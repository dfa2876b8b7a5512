import { fakeProvider, inTurn, recorder, virtualClock } from '@cepa/testing'
import { describe, expect, it } from 'vitest'
import {
  answering,
  errorOf,
  handling,
  MODES,
  rejection,
  repeating,
  request,
  said,
  saying,
  wrapping,
} from '../test/onion.ts'
import {
  type Attempt,
  attemptEndNote,
  attemptStartNote,
  ContractError,
  middleware,
  type Note,
  pipeline,
  Reply,
  route,
} from './index.ts'

/** A layer that keeps the attempts as they are when it ends. */
const keeping = (into: Attempt[][], name = 'keeping') =>
  middleware({ name, end: (call) => void into.push(call.attempts.map((each) => ({ ...each }))) })
const brief = (attempts: readonly Attempt[] = []) =>
  attempts.map(({ provider, model, won, ending, index }) => `${index} ${provider}/${model} ${ending?.kind} ${won}`)

describe('A1: attempts are written at the boundary of leaf adapters', () => {
  it.each(MODES)('A1: one attempt, with what the adapter tells of it (%s)', async (mode) => {
    const kept: Attempt[][] = []
    const clock = virtualClock({ startMs: 1000 })
    const adapter = fakeProvider({ headersMs: 25, text: 'Hi', providerRequestId: 'r-1', attempt: { bytesSent: 10 } })
    const chat = pipeline({ adapter, clock, layers: [keeping(kept)] })
    expect(await clock.runUntil(errorOf(chat, mode))).toBeUndefined()
    expect(kept).toEqual([
      [
        {
          index: 0,
          provider: 'fake',
          model: 'm',
          startedAt: 1000,
          won: true,
          status: 200,
          providerRequestId: 'r-1',
          headersMs: 25,
          bytesSent: 10,
          usage: { inputTokens: 1, outputTokens: 1, source: 'provider' },
          ending: expect.objectContaining({ kind: 'done', providerMs: 25, consumerMs: 0 }),
        },
      ],
    ])
  })

  it.each(MODES)('A1: losers, too; the usage of each is its own (%s)', async (mode) => {
    const kept: Attempt[][] = []
    const adapter = fakeProvider(
      inTurn(
        { failure: { kind: 'overloaded' } },
        { steps: [{ text: 'half' }, { usage: { outputTokens: 1 } }, { error: { kind: 'server' } }] },
        'whole',
      ),
    )
    const chat = pipeline(
      adapter,
      keeping(kept),
      handling(
        'retry',
        async (call, next) => {
          for (;;) {
            try {
              return Reply.from(said((await (await next(call)).result()).text))
            } catch {
              // again
            }
          }
        },
        { repeats: true },
      ),
    )
    expect(await errorOf(chat, mode)).toBeUndefined()
    expect(brief(kept[0])).toEqual(['0 fake/m failed false', '1 fake/m failed false', '2 fake/m done false'])
    expect(kept[0]?.map(({ usage }) => usage?.outputTokens)).toEqual([undefined, mode === 'stream' ? 1 : undefined, 1])
  })

  it('A1: the one whose answer the caller gets has won, through wrappers, transforms and nested pipelines', async () => {
    const kept: Attempt[][] = []
    const adapter = () => answering((_call, nth) => (nth === 0 ? Promise.reject(new Error('first')) : said('Hi')))
    for (const inner of [adapter(), pipeline(adapter(), wrapping('inside')), route({ a: pipeline(adapter()) })]) {
      const chat = pipeline({ adapter: inner, layers: [keeping(kept), wrapping('wrap'), repeating('retry', 2)] })
      await chat.complete({ ...request, model: 'a/m' })
    }
    expect(kept.map((attempts) => attempts.map(({ won }) => won))).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ])
  })

  it('A1: pipelines and routes add none; the list is that of the call, in every layer', async () => {
    const kept: Attempt[][] = []
    const leaf = saying('Hi')
    const inner = pipeline(leaf, keeping(kept, 'innermost'))
    const chat = pipeline(
      route({ a: pipeline({ adapter: inner, layers: [keeping(kept, 'middle')], name: 'nested' }) }),
      keeping(kept, 'outermost'),
    )
    await chat.complete({ ...request, model: 'a/gpt' })
    expect(kept.map((attempts) => brief(attempts))).toEqual(Array.from({ length: 3 }, () => ['0 test/gpt done true']))
  })

  it('A1: a leaf adapter of a route is named as itself', async () => {
    const kept: Attempt[][] = []
    const told: string[] = []
    const listening = middleware({ name: 'listening', note: (_call, { from }) => void told.push(from) })
    const chat = pipeline(route({ a: { ...saying('Hi'), name: 'leaf' } }), keeping(kept), listening)
    await chat.complete({ ...request, model: 'a/gpt' })
    expect(brief(kept[0])).toEqual(['0 leaf/gpt done true'])
    expect(new Set(told)).toEqual(new Set(['adapter:leaf']))
    const broken = pipeline(route({ a: { ...saying(), name: 'leaf', handle: async () => undefined as never } }))
    await expect(broken.complete({ ...request, model: 'a/gpt' })).rejects.toMatchObject({ layer: 'adapter:leaf' })
    const short = pipeline(route({ a: { ...answering(() => []), name: 'leaf' } }))
    await expect(short.complete({ ...request, model: 'a/gpt' })).rejects.toMatchObject({
      kind: 'truncated',
      provider: 'leaf',
    })
  })

  it('A1: an answer that no adapter was asked for has none', async () => {
    const kept: Attempt[][] = []
    await pipeline(
      saying('Hi'),
      keeping(kept),
      handling('hit', async () => Reply.from(said('stored'))),
    ).complete(request)
    expect(kept).toEqual([[]])
  })

  it('A1: aborted, left and unread attempts end, too', async () => {
    const clock = virtualClock()
    const kept: Attempt[][] = []
    const chat = pipeline({ adapter: fakeProvider([{ text: 'a' }, { stall: true }]), clock, layers: [keeping(kept)] })
    const controller = new AbortController()
    await chat(request, { signal: controller.signal })
    controller.abort()
    await (await chat(request)).cancel()
    await chat(request)
    await clock.advance(60_000)
    expect(kept.map((attempts) => brief(attempts)[0])).toEqual([
      '0 fake/m aborted true',
      '0 fake/m abandoned true',
      '0 fake/m unread true',
    ])
  })

  it('A1: a corrective resend within the adapter is an attempt, at most one per reason', async () => {
    const kept: Attempt[][] = []
    const clock = virtualClock()
    const resending = (...reasons: string[]) =>
      answering(async (call) => {
        for (const reason of reasons) {
          call.attempt.report({ status: 401 })
          await new Promise<void>((resolve) => clock.setTimer(10, resolve))
          call.attempt.again(reason, new Error(reason))
        }
        call.attempt.report({ status: 200 })
        return said('Hi')
      })
    const ask = (...reasons: string[]) =>
      clock.runUntil(pipeline({ adapter: resending(...reasons), clock, layers: [keeping(kept)] }).complete(request))
    await ask('expired key', 'unknown field')
    expect(kept[0]).toMatchObject([
      {
        index: 0,
        startedAt: 0,
        status: 401,
        won: false,
        ending: { kind: 'failed', error: { message: 'expired key' }, providerMs: 10 },
      },
      { index: 1, startedAt: 10, status: 401, won: false, reason: 'expired key', ending: { kind: 'failed' } },
      { index: 2, startedAt: 20, status: 200, won: true, reason: 'unknown field', ending: { kind: 'done' } },
    ])
    const error = await rejection(ask('expired key', 'expired key'))
    expect(error).toBeInstanceOf(ContractError)
    expect(error).toMatchObject({ layer: 'adapter:test', rule: 'A1' })
    expect(brief(kept[1])).toEqual(['0 test/m failed false', '1 test/m failed false'])
  })

  it('A1: an adapter whose call is over cannot open one more', async () => {
    const clock = virtualClock()
    let refused: unknown
    const adapter = answering(async (call) => {
      await new Promise<void>((resolve) => clock.setTimer(10, resolve))
      try {
        call.attempt.again('late', new Error('late'))
      } catch (error) {
        refused = error
      }
      return said('Hi')
    })
    const kept: Attempt[][] = []
    const calls: (readonly Attempt[])[] = []
    const chat = pipeline({
      adapter,
      clock,
      layers: [keeping(kept), middleware({ name: 'list', start: (call) => void calls.push(call.attempts) })],
    })
    const controller = new AbortController()
    const pending = errorOf(chat, 'stream', { signal: controller.signal })
    await clock.settle()
    controller.abort()
    expect(await pending).toMatchObject({ name: 'AbortError' })
    await clock.advance(10)
    expect(refused).toMatchObject({ name: 'AbortError' })
    expect(brief(calls[0])).toEqual(['0 test/m aborted false'])
  })

  it('A1: notes tell the start and the end of each, to the layers outside', async () => {
    const notes: Note[] = []
    const seen = recorder()
    const listening = middleware({ name: 'listening', note: (_call, note) => void notes.push(note) })
    const chat = pipeline(
      answering((_call, nth) => (nth === 0 ? Promise.reject(new Error('first')) : said('Hi'))),
      listening,
      repeating('retry', 2),
      seen.layer('inside'),
    )
    await chat.complete(request)
    expect(notes.map(({ key }) => key)).toEqual([attemptStartNote, attemptEndNote, attemptStartNote, attemptEndNote])
    expect(notes.map(({ value }) => (value as Attempt).index)).toEqual([0, 0, 1, 1])
    expect(notes[3]?.value).toMatchObject({ ending: { kind: 'done' } })
    expect(seen.log.filter((line) => line.includes('note'))).toHaveLength(4)
  })

  it('A1, E6: an abort from the note that an attempt starts: it ends, and nothing is sent', async () => {
    const adapter = saying('Hi')
    const kept: Attempt[][] = []
    const controller = new AbortController()
    const stopping = middleware({ name: 'stopping', note: () => controller.abort() })
    const error = await errorOf(pipeline(adapter, keeping(kept), stopping), 'stream', { signal: controller.signal })
    expect(error).toMatchObject({ name: 'AbortError' })
    expect(brief(kept[0])).toEqual(['0 test/m aborted false'])
    expect(adapter.calls).toHaveLength(0)
  })
})

describe('A2: the usage of the answer and what was spent', () => {
  it('A2: the completion has the usage of the answer, the attempts that of each', async () => {
    const kept: Attempt[][] = []
    const adapter = fakeProvider(
      inTurn(
        { inputTokens: 7, steps: [{ text: 'half' }, { usage: { inputTokens: 7, outputTokens: 1 } }, { reset: true }] },
        { inputTokens: 7, text: 'a b c' },
      ),
    )
    const once = handling(
      'again',
      async (call, next) => {
        const first = await next(call)
        await first.peek(() => false).catch(() => undefined)
        return next(call)
      },
      { repeats: true },
    )
    const chat = pipeline({ adapter, layers: [keeping(kept), once] })
    const reply = await chat(request)
    expect((await reply.result()).usage).toEqual({ inputTokens: 7, outputTokens: 3, source: 'provider' })
    expect(kept[0]?.map(({ usage }) => usage?.outputTokens)).toEqual([1, 3])
  })
})
