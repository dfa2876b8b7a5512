import {
  type ChatRequest,
  middleware,
  pipeline,
  type Reply,
  retryNote,
  StackError,
  type TimeoutDetails,
  TimeoutError,
} from '@cepa/core'
import {
  collect,
  fakeProvider,
  inTurn,
  outcomeOf,
  recorder,
  type ScriptedAnswer,
  signalProbe,
  testMiddleware,
  virtualClock,
} from '@cepa/testing'
import { expect, test } from 'vitest'
import { type TimeoutOptions, timeout } from './index.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'two words' }] }

/** A stack with one timeout between layers that keep how they ended. */
function bench(answer: ScriptedAnswer, options?: TimeoutOptions<'timeout'>) {
  const clock = virtualClock()
  const provider = fakeProvider(answer)
  const seen = recorder()
  const layers = [seen.layer('outside'), timeout(options), seen.layer('inside')] as const
  const chat = pipeline({
    adapter: provider,
    clock,
    layers: layers as readonly object[] as readonly [(typeof layers)[1]],
  })
  return { clock, provider, seen, chat }
}

interface Case {
  readonly limit: TimeoutDetails['limit']
  readonly options: TimeoutOptions<'timeout'>
  readonly answer: ScriptedAnswer
  readonly at: number
  readonly text: string
  readonly message: string
}

const CASES: readonly Case[] = [
  {
    limit: 'headers',
    options: { headersMs: 300 },
    answer: { noHeaders: true },
    at: 300,
    text: '',
    message: 'no response headers within 300 ms (limit headers, set by timeout); no headers yet',
  },
  {
    limit: 'total',
    options: { totalMs: 300 },
    answer: { noHeaders: true },
    at: 300,
    text: '',
    message: 'the call took longer than 300 ms (limit total, set by timeout); no headers yet',
  },
  {
    limit: 'total',
    options: { totalMs: 300, headersMs: 250, firstTokenMs: 250, idleMs: 250 },
    answer: { headersMs: 50, steps: [{ text: 'a' }, { text: 'b' }, { waitMs: 200 }, { text: 'c' }, { stall: true }] },
    at: 300,
    text: 'abc',
    message: 'the call took longer than 300 ms (limit total, set by timeout); after headers and 4 events',
  },
  {
    limit: 'first-token',
    options: { firstTokenMs: 300 },
    answer: {
      headersMs: 50,
      steps: [{ source: 's' }, { waitMs: 100 }, { usage: { inputTokens: 1 } }, { stall: true }],
    },
    at: 300,
    text: '',
    message: 'no content within 300 ms (limit first-token, set by timeout); after headers and 3 events',
  },
  {
    limit: 'first-token',
    options: { firstTokenMs: 300 },
    answer: { noHeaders: true },
    at: 300,
    text: '',
    message: 'no content within 300 ms (limit first-token, set by timeout); no headers yet',
  },
  {
    limit: 'idle',
    options: { idleMs: 300 },
    answer: { headersMs: 500, steps: [{ text: 'a' }, { waitMs: 299 }, { text: 'b' }, { stall: true }] },
    at: 1099,
    text: 'ab',
    message: 'the provider sent nothing for 300 ms (limit idle, set by timeout); after headers and 3 events',
  },
]

test.each(CASES)('stream, $options: "$message"', async ({ limit, options, answer, at, text, message }) => {
  const { clock, provider, seen, chat } = bench(answer, options)
  const { text: said, error, ending } = await clock.runUntil(collect(chat(request)))
  expect(said).toBe(text)
  expect(error).toBeInstanceOf(TimeoutError)
  expect(error?.message).toBe(message)
  const limitMs = Object.values(options)[0]
  expect(error).toMatchObject({ limit, limitMs, setBy: 'timeout', provider: 'fake', kind: 'timeout', retryable: true })
  expect(ending).toMatchObject({ kind: 'failed', at, completion: { text } })
  expect(clock.now()).toBe(at)
  expect(seen.endingsOf('inside')).toEqual(['aborted'])
  expect(seen.endingsOf('outside')).toEqual(['failed'])
  expect(provider.last).toMatchObject({ outcome: 'closed', endedAt: at })
  expect(provider.open).toBe(0)
  expect(clock.pending).toEqual([])
})

test.each(['totalMs', 'headersMs', 'firstTokenMs'] as const)(
  'complete: %s ends the wait for the headers',
  async (field) => {
    const { clock, provider, seen, chat } = bench([{ waitMs: 500 }, { text: 'late' }], { [field]: 300 })
    const { error } = await clock.runUntil(outcomeOf(chat.complete(request)))
    expect(error).toMatchObject({ code: 'CEPA_TIMEOUT', limitMs: 300, ending: { kind: 'failed', at: 300 } })
    expect(seen.endingsOf('inside')).toEqual(['aborted'])
    expect(provider.last).toMatchObject({ outcome: 'closed', closedBy: 'signal', endedAt: 300 })
    expect(clock.pending).toEqual([])
  },
)

test('complete: the body of a whole answer is bounded too', async () => {
  for (const options of [{ totalMs: 300 }, { firstTokenMs: 300 }, { idleMs: 300 }]) {
    const { clock, chat } = bench({ headersFirst: true, steps: [{ waitMs: 500 }, { text: 'late' }] }, options)
    const { error } = await clock.runUntil(outcomeOf(chat.complete(request)))
    expect(error?.message).toContain('after headers and 0 events')
    expect(clock.now()).toBe(300)
    expect(clock.pending).toEqual([])
  }
})

test('a limit that is not met changes nothing and leaves no timer', async () => {
  const answer = { headersMs: 90, everyMs: 90, text: 'a b c d e' }
  const options = { totalMs: 600, idleMs: 100 }
  for (const mode of ['stream', 'complete'] as const) {
    const { clock, seen, chat } = bench(answer, {
      ...options,
      headersMs: { stream: 100 },
      firstTokenMs: { stream: 200 },
    })
    const text = mode === 'complete' ? chat.complete(request) : collect(chat(request))
    expect((await clock.runUntil<{ text: string; error?: Error }>(text)).text).toBe('a b c d e')
    expect(seen.endingsOf('outside')).toEqual(['done'])
    expect(clock.now()).toBe(540)
    expect(clock.pending).toEqual([])
  }
})

test('the idle limit does not run while the reader is busy, the total does', async () => {
  const idle = bench('a b', { idleMs: 100 })
  const events: string[] = []
  for await (const { type } of await idle.chat(request)) {
    events.push(type)
    await idle.clock.advance(5000)
  }
  expect(events).toEqual(['start', 'text', 'text', 'end'])
  const total = bench('a b', { totalMs: 100 })
  const iterator = (await total.chat(request))[Symbol.asyncIterator]()
  await iterator.next()
  await total.clock.advance(5000)
  expect(total.provider.last).toMatchObject({ outcome: 'closed', endedAt: 100 })
  await expect(iterator.next()).rejects.toMatchObject({ limit: 'total' })
})

test.each([
  ['leaving', async (reply: Reply) => void (await collect(reply, { events: 1 }))],
  ['cancel', (reply: Reply) => reply.cancel()],
  ['a failure', async (reply: Reply) => void (await collect(reply))],
])('%s leaves no timer', async (_, leave) => {
  const { clock, chat } = bench([{ text: 'a' }, { error: { kind: 'server' } }], {
    totalMs: 100,
    firstTokenMs: 50,
    idleMs: 9,
  })
  await leave(await chat(request))
  expect(clock.pending).toEqual([])
})

test('a provider that fails before its headers leaves no timer, and its own error', async () => {
  const { clock, chat } = bench({ failure: { status: 500 } }, { totalMs: 100, headersMs: 50 })
  expect((await outcomeOf(chat.complete(request))).error).toMatchObject({ kind: 'server' })
  expect(clock.pending).toEqual([])
})

test.each([{ noHeaders: true }, [{ text: 'a' }, { stall: true }]] as const)(
  'an abort by the caller is an abort, %j',
  async (answer) => {
    const probe = signalProbe()
    const { clock, seen, chat } = bench(answer as ScriptedAnswer, { totalMs: 5000, headersMs: 4000, idleMs: 3000 })
    const outcome = collect(chat(request, { signal: probe.signal }))
    await clock.advance(100)
    probe.abort()
    expect((await outcome).error).toMatchObject({ name: 'AbortError', ending: { kind: 'aborted' } })
    expect(seen.endingsOf('inside')).toEqual(['aborted'])
    expect(clock.pending).toEqual([])
    expect(probe.listeners).toBe(0)
  },
)

test('a call that is aborted before it begins sets no timer', async () => {
  const { clock, provider, chat } = bench('Hi', { totalMs: 5000 })
  const { error } = await outcomeOf(chat.complete(request, { signal: AbortSignal.abort() }))
  expect(error).toMatchObject({ name: 'AbortError' })
  expect(provider.ledger).toEqual([])
  expect(clock.pending).toEqual([])
})

test('without any limit: two minutes of silence end a stream, ten minutes a whole answer', async () => {
  const elapsed = async (answer: ScriptedAnswer, mode: 'stream' | 'complete') => {
    const { clock, chat } = bench(answer)
    const outcome = mode === 'complete' ? outcomeOf(chat.complete(request)) : collect(chat(request))
    const { error } = await clock.runUntil<{ error?: Error }>(outcome)
    expect(clock.pending).toEqual([])
    return [(error as TimeoutError).limit, clock.now()]
  }
  expect(await elapsed({ noHeaders: true }, 'stream')).toEqual(['headers', 120_000])
  expect(await elapsed([{ text: 'a' }, { stall: true }], 'stream')).toEqual(['idle', 120_000])
  expect(await elapsed({ everyMs: 100_000, text: 'a b c d e f g h' }, 'stream')).toEqual(['total', 600_000])
  expect(await elapsed({ noHeaders: true }, 'complete')).toEqual(['total', 600_000])
})

test('limits of one call stand in for the layer’s own, and false leaves limit or layer out', async () => {
  const { clock, provider, chat } = bench({ headersMs: 400, text: 'Hi' }, { totalMs: 300 })
  const run = (layers: NonNullable<Parameters<typeof chat.complete>[1]>['layers']) =>
    clock.runUntil(outcomeOf(chat.complete(request, { layers: layers ?? {} })))
  expect((await run({ timeout: { totalMs: 100 } })).error).toMatchObject({ limitMs: 100 })
  expect((await run({})).error).toMatchObject({ limitMs: 300 })
  expect((await run({ timeout: { headersMs: 50 } })).error).toMatchObject({ limit: 'headers', limitMs: 50 })
  expect((await run({ timeout: { totalMs: 500 } })).value).toMatchObject({ text: 'Hi' })
  expect((await run({ timeout: { totalMs: false } })).value).toMatchObject({ text: 'Hi' })
  expect((await run({ timeout: { totalMs: { stream: 5 } } })).value).toMatchObject({ text: 'Hi' })
  expect((await run({ timeout: false })).value).toMatchObject({ text: 'Hi' })
  expect(provider.ledger).toHaveLength(7)
})

/** Repeats like a retry, with one wait between attempts. */
const again = (attempts: number, waitMs: number) =>
  middleware({
    name: 'again',
    traits: { repeats: true },
    async handle(call, next) {
      for (let attempt = 1; ; attempt++) {
        try {
          const reply = await next(call)
          await reply.peek()
          return reply
        } catch (error) {
          if (attempt === attempts || !(error as { retryable?: boolean }).retryable || call.signal.aborted) throw error
          call.emit(retryNote, { attempt, error: error as Error })
          await new Promise<void>((resolve) => void call.clock.setTimer(waitMs, resolve))
        }
      }
    },
  })

test('inside what repeats it bounds each attempt, outside it the call', async () => {
  const clock = virtualClock()
  const provider = fakeProvider(inTurn([{ stall: true }], { noHeaders: true }, 'Hi'))
  const seen = recorder()
  const layers = [
    timeout({ name: 'callTimeout', totalMs: 1000 }),
    again(5, 50),
    seen.layer('attempt'),
    timeout({ headersMs: 100, firstTokenMs: 150 }),
  ] as const
  const chat = pipeline({ adapter: provider, clock, layers })
  expect((await clock.runUntil(collect(chat(request)))).text).toBe('Hi')
  expect(provider.ledger.map(({ startedAt }) => startedAt)).toEqual([0, 200, 350])
  expect(
    seen.passesOf('attempt').map(({ endings }) => endings.map((ending) => 'error' in ending && ending.error.message)),
  ).toEqual([
    ['no content within 150 ms (limit first-token, set by timeout); after headers and 1 event'],
    ['no response headers within 100 ms (limit headers, set by timeout); no headers yet'],
    [false],
  ])
  expect(seen.endingsOf('attempt')).toEqual(['failed', 'failed', 'done'])
  expect(clock.pending).toEqual([])
})

test('the limit of the call ends attempts and waits, and says in which it was', async () => {
  const clock = virtualClock()
  const provider = fakeProvider(({ attempt }) => (attempt === 0 ? { failure: { status: 500 } } : { noHeaders: true }))
  const seen = recorder()
  const run = async (totalMs: number) => {
    const layers = [timeout({ name: 'callTimeout', totalMs }), again(5, 50), seen.layer('attempt')] as const
    const outcome = await clock.runUntil(outcomeOf(pipeline({ adapter: provider, clock, layers }).complete(request)))
    await clock.runAll()
    return outcome.error?.message
  }
  expect(await run(30)).toBe(
    'the call took longer than 30 ms (limit total, set by callTimeout); after 1 failed attempt, before the next',
  )
  expect(await run(80)).toBe(
    'the call took longer than 80 ms (limit total, set by callTimeout); no headers yet, in attempt 2',
  )
  expect(seen.endingsOf('attempt').at(-1)).toBe('aborted')
})

test('of two idle limits the tighter holds, and its own layer is named', async () => {
  const clock = virtualClock()
  const layers = [timeout({ name: 'outer', idleMs: 100 }), timeout({ idleMs: 200 })] as const
  const chat = pipeline({ adapter: fakeProvider([{ text: 'a' }, { stall: true }]), clock, layers })
  const { error } = await clock.runUntil(collect(chat(request)))
  expect(error).toMatchObject({ limit: 'idle', limitMs: 100, setBy: 'outer' })
  expect(error?.message).toContain('after headers and 2 events')
})

test('calls at once have limits of their own', async () => {
  const clock = virtualClock()
  const provider = fakeProvider(({ index }) => ({ headersMs: index * 10, text: 'Hi' }))
  const chat = pipeline({ adapter: provider, clock, layers: [timeout({ headersMs: 255 })] })
  const outcomes = await clock.runUntil(
    Promise.all(Array.from({ length: 50 }, () => outcomeOf(chat.complete(request)))),
  )
  expect(outcomes.filter(({ value }) => value?.text === 'Hi')).toHaveLength(26)
  expect(outcomes.filter(({ error }) => error instanceof TimeoutError)).toHaveLength(24)
  expect(provider.open).toBe(0)
  expect(clock.pending).toEqual([])
})

test('a second one needs a name of its own', () => {
  const adapter = fakeProvider()
  expect(() => pipeline(adapter, timeout(), timeout())).toThrow(StackError)
  expect(() => pipeline(adapter, timeout(), timeout())).toThrow(/two layers are called timeout.*another `name`/)
  const chat = pipeline(adapter, timeout({ name: 'callTimeout', totalMs: 9000 }), timeout())
  expect(chat.layers.map(({ name }) => name)).toEqual(['callTimeout', 'timeout'])
})

test('keeps the contract', async () => {
  const report = await testMiddleware({
    make: () => timeout({ totalMs: 60_000, headersMs: 30_000, firstTokenMs: 30_000, idleMs: 20_000 }),
    name: 'timeout',
    may: ['change-endings'],
    badOptions: [() => timeout({ totalMs: 0 }), () => timeout({ totlaMs: 1_000 } as never)],
    badCallOptions: [{ totalMs: 0 }, { totlaMs: 1_000 }, 1_000],
  })
  expect(report.broken).toEqual([])
})
