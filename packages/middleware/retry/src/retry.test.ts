import {
  type Attempt,
  type ChatRequest,
  type Middleware,
  middleware,
  type Note,
  ProviderError,
  pipeline,
  Reply,
  type RetryTold,
  retryNote,
  StackError,
  type StreamEvent,
} from '@cepa/core'
import {
  collect,
  type FakeProvider,
  fakeProvider,
  inTurn,
  outcomeOf,
  recorder,
  type ScriptedAnswer,
  type Step,
  signalProbe,
  testMiddleware,
  typesOf,
  type VirtualClock,
  virtualClock,
} from '@cepa/testing'
import { expect, test } from 'vitest'
import { type RetryOptions, retry } from './index.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'two words' }] }
const busy = { failure: { status: 503, message: 'overloaded' } } as const
const MODES = ['stream', 'complete'] as const

interface Bench {
  readonly clock: VirtualClock
  readonly provider: FakeProvider
  readonly told: RetryTold[]
  readonly attempts: Attempt[]
  readonly seen: ReturnType<typeof recorder>
  readonly chat: ReturnType<typeof assemble>
}

const assemble = (adapter: FakeProvider, clock: VirtualClock, layers: readonly [...Middleware[]]) =>
  pipeline({ adapter, clock, layers: layers as readonly object[] as readonly [ReturnType<typeof retry>] })

/** A stack that waits without jitter, with layers outside and inside that keep what they are told. */
function bench(script: readonly [ScriptedAnswer, ...ScriptedAnswer[]], options: RetryOptions = {}): Bench {
  const clock = virtualClock()
  const provider = fakeProvider(inTurn(...script))
  const told: RetryTold[] = []
  const attempts: Attempt[] = []
  const seen = recorder()
  const listener = middleware({
    name: 'listener',
    note: (_call, note: Note) => {
      if (retryNote.is(note)) told.push(note.value)
    },
    end: (call) => void attempts.push(...call.attempts),
  })
  const layers = [seen.layer('outside'), listener, retry({ jitter: 'none', ...options }), seen.layer('inside')]
  const chat = assemble(provider, clock, layers as object[] as Middleware[])
  return { clock, provider, told, attempts, seen, chat }
}

const startsOf = ({ ledger }: FakeProvider): readonly number[] => ledger.map(({ startedAt }) => startedAt)

test.each(MODES)(
  '%s: sends again after 0.5 s and 1 s, and gives the answer of the attempt that made it',
  async (mode) => {
    const { clock, provider, told, attempts, seen, chat } = bench([busy, busy, 'Hello there'])
    const text = mode === 'complete' ? chat.complete(request) : chat(request).then((reply) => reply.result())
    expect((await clock.runUntil(text)).text).toBe('Hello there')
    expect(startsOf(provider)).toEqual([0, 500, 1500])
    expect(told.map(({ attempt, delayMs, stopped }) => ({ attempt, delayMs, stopped }))).toEqual([
      { attempt: 1, delayMs: 500, stopped: undefined },
      { attempt: 2, delayMs: 1000, stopped: undefined },
    ])
    expect(told.map(({ error }) => (error as ProviderError).kind)).toEqual(['overloaded', 'overloaded'])
    expect(attempts.map(({ won, status, ending }) => [won, status, ending?.kind])).toEqual([
      [false, 503, 'failed'],
      [false, 503, 'failed'],
      [true, 200, 'done'],
    ])
    expect(seen.endingsOf('inside')).toEqual(['failed', 'failed', 'done'])
    expect(seen.endingsOf('outside')).toEqual(['done'])
    expect(clock.pending).toEqual([])
  },
)

test('resolves with the first content, and drops what failed attempts had said before any', async () => {
  const early: readonly Step[] = [{ source: 'a page' }, { usage: { inputTokens: 2 } }, { error: { kind: 'server' } }]
  const { clock, provider, seen, chat } = bench([
    early,
    [{ raw: 'x' }, { waitMs: 70 }, { text: 'Hi' }, { stall: true }],
  ])
  const reply = await clock.runUntil(chat(request))
  expect(clock.now()).toBe(570)
  expect(provider.ledger).toHaveLength(2)
  const { events } = await collect(reply, { events: 3 })
  expect(typesOf(events)).toEqual(['start', 'raw', 'text'])
  expect(seen.passesOf('outside')[0]?.events).toEqual(events)
  expect(seen.endingsOf('outside')).toEqual(['abandoned'])
  expect(seen.endingsOf('inside')).toEqual(['failed', 'abandoned'])
  expect(provider.open).toBe(0)
  expect(clock.pending).toEqual([])
})

const CONTENT: Readonly<Record<string, Step>> = {
  text: { text: 'Hel' },
  reasoning: { reasoning: 'Hm' },
  'a tool call': { toolCall: { name: 'sum', arguments: {} } },
  'a file': { file: 'f' },
}

test.each(Object.entries(CONTENT))('nothing is sent again once %s has passed', async (_, step) => {
  const { clock, provider, told, seen, chat } = bench([[step, { error: { kind: 'overloaded' } }], 'never'])
  const { events, error } = await clock.runUntil(collect(chat(request)))
  expect(events.length).toBeGreaterThan(1)
  expect(error).toMatchObject({ kind: 'overloaded' })
  await clock.runAll()
  expect(provider.ledger).toHaveLength(1)
  expect(told).toEqual([{ attempt: 1, stopped: 'content had passed', error }])
  expect(seen.endingsOf('outside')).toEqual(['failed'])
})

test('a whole answer that breaks off after content is not sent again either', async () => {
  const clock = virtualClock()
  let requests = 0
  const broken = new ProviderError({ provider: 'half', kind: 'network', message: 'reset' })
  const half = {
    name: 'half',
    operations: ['chat'] as const,
    identity: () => 'half',
    async handle(): Promise<Reply> {
      requests++
      return Reply.from(
        (function* (): Generator<StreamEvent> {
          yield { type: 'text', text: 'Hel', at: 0 }
          throw broken
        })(),
      )
    },
  }
  const chat = pipeline({ adapter: half, clock, layers: [retry()] })
  const { error } = await clock.runUntil(outcomeOf(chat.complete(request)))
  expect(error).toBe(broken)
  expect(error?.ending?.completion.text).toBe('Hel')
  expect(requests).toBe(1)
})

test.each(['truncate', 'reset', 'error'] as const)(
  'a whole answer whose body fails by %s is sent again',
  async (how) => {
    const step = how === 'error' ? { error: { kind: 'overloaded' as const } } : ({ [how]: true } as unknown as Step)
    const { clock, provider, chat } = bench([{ headersFirst: true, steps: [{ text: 'Hel' }, step] }, 'Hello'])
    expect((await clock.runUntil(chat.complete(request))).text).toBe('Hello')
    expect(startsOf(provider)).toEqual([0, 500])
  },
)

test('embeddings are sent again too', async () => {
  const { clock, provider, chat } = bench([busy, {}])
  const embedded = await clock.runUntil(chat.embed({ model: 'm', input: ['a', 'b'] }))
  expect(embedded.embeddings).toHaveLength(2)
  expect(provider.ledger).toHaveLength(2)
})

test.each(MODES)('%s: an end without content is an answer', async (mode) => {
  const { clock, provider, told, chat } = bench([[], 'never'])
  const answer = mode === 'complete' ? chat.complete(request) : chat(request).then((reply) => reply.result())
  expect(await clock.runUntil(answer)).toMatchObject({ text: '', finish: 'stop' })
  expect(provider.ledger).toHaveLength(1)
  expect(told).toEqual([])
})

test.each(MODES)('%s: what is not retryable fails at once with its own error', async (mode) => {
  const error = new ProviderError({ provider: 'fake', kind: 'auth', message: 'no', status: 401 })
  const { clock, provider, told, chat } = bench([{ failure: error }, 'never'])
  const outcome = await outcomeOf<unknown>(mode === 'complete' ? chat.complete(request) : chat(request))
  expect(outcome.error).toBe(error)
  expect(provider.ledger).toHaveLength(1)
  expect(told).toEqual([{ attempt: 1, stopped: 'not retryable', error }])
  expect(clock.pending).toEqual([])
})

test('gives up with the last error, and says so', async () => {
  const failures = [1, 2, 3].map((count) => ({ failure: { kind: 'server' as const, message: `failure ${count}` } }))
  const { clock, provider, told, seen, chat } = bench(failures as [ScriptedAnswer, ...ScriptedAnswer[]])
  const { error } = await clock.runUntil(outcomeOf(chat.complete(request)))
  expect(error).toBeInstanceOf(ProviderError)
  expect(error?.message).toBe('failure 3')
  expect(provider.ledger).toHaveLength(3)
  expect(told.map(({ stopped }) => stopped)).toEqual([undefined, undefined, 'the last of 3 attempts'])
  expect(seen.endingsOf('outside')).toEqual(['failed'])
})

test('waits as long as the provider asks, and not at all where it asks for too much', async () => {
  const limited = (retryAfterMs: number) => ({ failure: { kind: 'rate-limit', retryAfterMs } }) as const
  const { clock, provider, told, chat } = bench([limited(20), limited(7000), limited(9001)], { maxRetryAfterMs: 9000 })
  const { error } = await clock.runUntil(outcomeOf(chat.complete(request, { layers: { retry: { attempts: 5 } } })))
  expect(startsOf(provider)).toEqual([0, 20, 7020])
  expect(clock.now()).toBe(7020)
  expect(error).toMatchObject({ kind: 'rate-limit', retryAfterMs: 9001 })
  expect(told.at(-1)?.stopped).toBe('the provider asks to wait 9001 ms, above the ceiling of 9000 ms')
})

test('full jitter draws every wait', async () => {
  const draws = [0.5, 0.25]
  const random = () => draws.shift() ?? 0
  const { clock, provider, chat } = bench([busy, busy, 'Hi'], { jitter: 'full', minDelayMs: 1000, random })
  await clock.runUntil(chat.complete(request))
  expect(startsOf(provider)).toEqual([0, 500, 1000])
})

test('stops at once on an abort while it waits, and leaves nothing behind', async () => {
  const probe = signalProbe()
  const { clock, provider, told, seen, chat } = bench([busy, 'never'], { minDelayMs: 10_000 })
  const outcome = outcomeOf<unknown>(chat(request, { signal: probe.signal }))
  await clock.advance(100)
  expect(provider.ledger).toHaveLength(1)
  probe.abort(new Error('enough'))
  const { error } = await outcome
  expect(error).toMatchObject({ name: 'AbortError', cause: new Error('enough') })
  expect(error?.ending).toMatchObject({ kind: 'aborted', at: 100 })
  expect(seen.endingsOf('outside')).toEqual(['aborted'])
  expect(clock.pending).toEqual([])
  expect(probe.listeners).toBe(0)
  await clock.advance(60_000)
  expect(provider.ledger).toHaveLength(1)
  expect(told).toHaveLength(1)
})

test.each([
  ['before headers', { noHeaders: true }],
  ['before content', [{ stall: true }]],
] as const)('stops at once on an abort %s: an abort is no failed attempt', async (_, answer) => {
  const probe = signalProbe()
  const { clock, provider, told, seen, chat } = bench([answer, 'never'])
  const outcome = outcomeOf<unknown>(chat(request, { signal: probe.signal }))
  await clock.advance(100)
  probe.abort()
  expect((await outcome).error).toMatchObject({ name: 'AbortError' })
  await clock.advance(60_000)
  expect(provider.ledger).toHaveLength(1)
  expect(provider.open).toBe(0)
  expect(told).toEqual([])
  expect(seen.endingsOf('inside')).toEqual(['aborted'])
  expect(clock.pending).toEqual([])
})

test('a reply whose call is aborted as its first content comes is closed, not lost', async () => {
  const probe = signalProbe()
  const clock = virtualClock()
  const provider = fakeProvider([{ waitMs: 10 }, { text: 'a' }, { stall: true }])
  const aborting = middleware({ name: 'aborting', firstToken: () => void probe.abort() })
  const chat = pipeline({ adapter: provider, clock, layers: [retry(), aborting] })
  const { error } = await clock.runUntil(outcomeOf<unknown>(chat(request, { signal: probe.signal })))
  expect(error).toMatchObject({ name: 'AbortError' })
  expect(provider.ledger).toHaveLength(1)
  expect(provider.last).toMatchObject({ outcome: 'closed', closedBy: 'close' })
  expect(clock.pending).toEqual([])
})

test('the deadline of the call ends a wait', async () => {
  const { clock, provider, chat } = bench([busy, 'never'], { minDelayMs: 10_000 })
  const { error } = await clock.runUntil(outcomeOf(chat.complete(request, { deadlineMs: 400 })))
  expect(error).toMatchObject({ limit: 'deadline' })
  expect(clock.now()).toBe(400)
  await clock.runAll()
  expect(provider.ledger).toHaveLength(1)
})

test('sends nothing more once what is outside has left, also while it waits', async () => {
  const clock = virtualClock()
  const provider = fakeProvider(inTurn(busy, 'never'))
  const seen = recorder()
  const impatient = middleware({
    name: 'impatient',
    handle: (call, next) =>
      Promise.race([
        next(call),
        new Promise<Reply>((_, reject) => void call.clock.setTimer(100, () => reject(new Error('too slow')))),
      ]),
  })
  const layers = [impatient, seen.layer('between'), retry({ jitter: 'none' })] as const
  const { error } = await clock.runUntil(outcomeOf(pipeline({ adapter: provider, clock, layers }).complete(request)))
  expect(error?.message).toBe('too slow')
  expect(seen.endingsOf('between')).toEqual(['abandoned'])
  expect(clock.pending).toEqual([])
  await clock.advance(60_000)
  expect(provider.ledger).toHaveLength(1)
})

test('a limit that ends an attempt further in is retried before content', async () => {
  const clock = virtualClock()
  const provider = fakeProvider(inTurn([{ stall: true }], 'Hi'))
  const idle = middleware({ name: 'idle', handle: (call, next) => next(call.with({ idleMs: 200 })) })
  const chat = pipeline({ adapter: provider, clock, layers: [retry({ jitter: 'none' }), idle] })
  expect((await clock.runUntil(collect(chat(request)))).text).toBe('Hi')
  expect(startsOf(provider)).toEqual([0, 700])
  expect(provider.ledger.map(({ outcome }) => outcome)).toEqual(['closed', 'ended'])
})

test('options of one call hold for that call alone, and false leaves the layer out', async () => {
  const { clock, provider, chat } = bench([busy])
  const requests = async (layers: object): Promise<number> => {
    const before = provider.ledger.length
    await clock.runUntil(outcomeOf(chat.complete(request, { layers })))
    return provider.ledger.length - before
  }
  expect(await requests({ retry: { attempts: 5, minDelayMs: 1 } })).toBe(5)
  expect(await requests({})).toBe(3)
  expect(await requests({ retry: { attempts: 1 } })).toBe(1)
  expect(await requests({ retry: { attempts: undefined } })).toBe(3)
  expect(await requests({ retry: false })).toBe(1)
})

test('retryOn decides, and what it throws fails the call', async () => {
  const foreign = new TypeError('not of the network')
  const { clock, provider, chat } = bench([{ failure: foreign }, 'Hi'], { retryOn: () => true })
  expect((await clock.runUntil(chat.complete(request))).text).toBe('Hi')
  expect(provider.ledger).toHaveLength(2)
  const own = new Error('mine')
  const throwing = bench([busy, 'never'], {
    retryOn: () => {
      throw own
    },
  })
  expect((await outcomeOf(throwing.chat.complete(request))).error).toBe(own)
  expect(throwing.provider.ledger).toHaveLength(1)
})

test('stands inside what stores and outside what limits, or the stack is refused', () => {
  const layer = (name: string, traits: object) => middleware({ name, traits })
  const store = layer('store', { stores: true })
  const breaker = layer('breaker', { limits: true })
  const adapter = fakeProvider()
  expect(() => pipeline(adapter, retry(), store)).toThrow(StackError)
  expect(() => pipeline(adapter, retry(), store)).toThrow(/store must stand outside retry.*store, retry/)
  expect(() => pipeline(adapter, breaker, retry())).toThrow(/retry must stand outside breaker.*retry, breaker/)
  expect(() => pipeline(adapter, retry(), retry())).toThrow(/two layers are called retry/)
  expect(pipeline(adapter, store, retry(), breaker).explain()).toContain('retry stands outside breaker')
})

test('keeps the contract', async () => {
  const report = await testMiddleware({
    make: () => retry({ attempts: 3, minDelayMs: 10, jitter: 'none' }),
    name: 'retry',
    badOptions: [() => retry({ attempts: 0 }), () => retry({ attempst: 3 } as never)],
    badCallOptions: [{ attempts: 0 }, { attempst: 3 }, 3],
  })
  expect(report.broken).toEqual([])
})
