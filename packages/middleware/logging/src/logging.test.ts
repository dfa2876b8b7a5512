import {
  cacheFact,
  cacheLookupNote,
  costFact,
  type Fault,
  type Logger,
  type LogLevel,
  logNote,
  middleware,
  noteKey,
  OptionError,
  ProviderError,
  pipeline,
  requestIdFact,
  retryNote,
  timingFact,
  traceFact,
  usageFact,
} from '@cepa/core'
import { collect, fakeProvider, inTurn, outcomeOf, type Script, testMiddleware, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { type LoggingOptions, logging } from './index.ts'

const request = { model: 'gpt', messages: [{ role: 'user', content: 'How long does an onion keep?' }] } as const

interface Written {
  readonly level: LogLevel
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

type Spec = Parameters<typeof middleware>[0]

/** A logger that keeps its lines. */
function memory() {
  const lines: Written[] = []
  const logger: Logger = { log: (level, message, fields) => void lines.push({ level, message, fields }) }
  return { lines, logger }
}

interface Around {
  readonly inside?: readonly Spec[]
  readonly outside?: readonly Spec[]
}

/** A stack with logging, other layers inside and outside of it, and a clock of its own. */
function logged(script: Script, options: LoggingOptions = {}, { inside = [], outside = [] }: Around = {}) {
  const { lines, logger } = memory()
  const clock = virtualClock({ startMs: 500 })
  const provider = fakeProvider(script)
  const faults: Fault[] = []
  const made = (specs: readonly Spec[]) => specs.map((spec) => middleware(spec))
  const layers = [...made(outside), logging({ logger, ...options }), ...made(inside)]
  const chat = pipeline({ adapter: provider, layers: layers as never, clock, report: (fault) => faults.push(fault) })
  return { chat: chat as ReturnType<typeof bare>, clock, faults, lines, provider }
}

/** Only for the type of a stack of logging alone. */
const bare = () => pipeline(fakeProvider(), logging())

describe('the line of a call', () => {
  test('is one, at the end, with everything that is known', async () => {
    const { chat, clock, faults, lines } = logged({
      headersMs: 100,
      steps: [{ waitMs: 50 }, { text: 'Three ' }, { waitMs: 250 }, { text: 'months' }],
      inputTokens: 1024,
    })
    await clock.runUntil(collect(chat(request, { attributes: { tenant: 'acme' } })))
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'fake/gpt done in 400 ms (first token 150 ms) · 1,024 → 2 tokens · tenant=acme',
        fields: {
          requestId: expect.any(String),
          operation: 'chat',
          mode: 'stream',
          provider: 'fake',
          model: 'gpt',
          ending: 'done',
          ms: 400,
          firstTokenMs: 150,
          providerMs: 400,
          consumerMs: 0,
          attempts: 1,
          inputTokens: 1024,
          outputTokens: 2,
          prompt_tokens: 1024,
          completion_tokens: 2,
          usageSource: 'provider',
          finish: 'stop',
          status: 200,
          providerRequestId: 'request-1',
          attributes: { tenant: 'acme' },
        },
      },
    ])
    expect(faults).toEqual([])
  })

  test('tells the sizes of all attempts together', async () => {
    const script = inTurn(
      { failure: { kind: 'server', status: 500 }, attempt: { bytesSent: 1200, bytesReceived: 87 } },
      { text: 'a', attempt: { bytesSent: 1200, bytesReceived: 34_000, wireBytesReceived: 9_000 } },
    )
    const again: Spec = {
      name: 'again',
      traits: { repeats: true },
      handle: (call, next) => next(call).catch(() => next(call)),
    }
    const { chat, lines } = logged(script, {}, { inside: [again] })
    await chat.complete(request)
    expect(lines).toMatchObject([
      {
        message: expect.stringContaining(' tokens · 2.4 kB → 34 kB · 2 attempts'),
        fields: { attempts: 2, bytesSent: 2400, bytesReceived: 34_087, wireBytesReceived: 9000 },
      },
    ])
  })

  test('tells only the sizes that are known', async () => {
    const { chat, lines } = logged({ text: 'a', attempt: { bytesSent: 87 } })
    await chat.complete(request)
    expect(lines[0]?.message).toContain(' · 87 B → ?')
    expect(lines[0]?.fields).not.toHaveProperty('bytesReceived')
  })

  test('and every other line of it have the place in the trace that a layer further out gave', async () => {
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
    const giver: Spec = { name: 'giver', gives: [traceFact], provide: (call) => call.give(traceFact, trace) }
    const teller: Spec = {
      name: 'teller',
      start: (call): undefined => void call.emit(logNote, { level: 'warn', message: 'hm' }),
    }
    const { chat, lines } = logged('a', { level: 'debug' }, { outside: [giver], inside: [teller] })
    await chat.complete(request)
    expect(lines.length).toBeGreaterThan(3)
    const { traceId, spanId } = trace
    for (const { fields } of lines) expect(fields).toMatchObject({ traceId, spanId })
  })

  test('has the id of requestId(), else that of the core', async () => {
    const id: Spec = {
      name: 'id',
      gives: [requestIdFact],
      provide: (call) => (call as never as { give: (...args: unknown[]) => void }).give(requestIdFact, 'r-1'),
    }
    const withId = logged('Hello', {}, { outside: [id] })
    await withId.chat.complete(request)
    expect(withId.lines[0]?.fields.requestId).toBe('r-1')

    const ids: string[] = []
    const without = logged('Hello', {}, { inside: [{ name: 'reader', start: (call) => void ids.push(call.id) }] })
    await without.chat.complete(request, { requestId: 'of the caller' })
    expect(without.lines[0]?.fields.requestId).toBe(ids[0])
  })

  test('reads what timing, token count, cost and cache tell', async () => {
    const told: Spec = {
      name: 'told',
      gives: [timingFact, usageFact, costFact, cacheFact],
      end: (call) => {
        const { give } = call as never as { give: (key: unknown, value: unknown) => void }
        const answer = { inputTokens: 10, outputTokens: 20, cacheReadTokens: 4, reasoningTokens: 5, source: 'estimate' }
        const spent = { inputTokens: 30, outputTokens: 20, source: 'estimate' }
        give.call(call, timingFact, {
          totalMs: 1,
          headersMs: 7.04,
          firstTokenMs: 8.06,
          outputTokensPerSecond: 141.44,
          providerMs: 1,
          consumerMs: 0,
        })
        give.call(call, usageFact, { answer, spent, attempts: [] })
        give.call(call, costFact, { usd: 0.00314, basis: 'estimate', attempts: [] })
        give.call(call, cacheFact, { outcome: 'stale', ageMs: 185_000 })
      },
    }
    const { chat, clock, lines } = logged({ everyMs: 400, text: 'a b' }, {}, { inside: [told] })
    await clock.runUntil(collect(chat(request)))
    expect(lines[0]?.message).toBe(
      'fake/gpt done in 800 ms (first token 8.1 ms) · about 10 → 20 tokens (141/s) · about $0.0031 · cache stale, 3 min 5 s old',
    )
    expect(lines[0]?.fields).toMatchObject({
      headersMs: 7,
      firstTokenMs: 8.1,
      outputTokensPerSecond: 141.4,
      inputTokens: 10,
      prompt_tokens: 10,
      outputTokens: 20,
      completion_tokens: 20,
      cacheReadTokens: 4,
      reasoningTokens: 5,
      usageSource: 'estimate',
      spentInputTokens: 30,
      spentOutputTokens: 20,
      costUsd: 0.00314,
      costBasis: 'estimate',
      cache: 'stale',
      cacheAgeMs: 185_000,
    })
  })

  test.each<[string, Script, string]>([
    ['unknown usage', { text: 'a', usage: false }, 'fake/gpt done in 0 ms (first token 0 ms)'],
    [
      'a cut answer',
      [{ text: 'a' }, { end: 'length' }],
      'fake/gpt done in 0 ms (first token 0 ms) · 6 → 1 tokens · finish length',
    ],
    [
      'tool calls',
      [{ toolCall: { name: 'find', arguments: {} } }, { end: 'tool-calls' }],
      'fake/gpt done in 0 ms (first token 0 ms) · 6 → 1 tokens · tool calls',
    ],
  ])('says what is unusual: %s', async (_, script, message) => {
    const { chat, lines } = logged(script)
    await collect(chat(request))
    expect(lines[0]?.message).toBe(message)
  })

  test('of a whole answer has no first token; of embeddings no output', async () => {
    const { chat, lines } = logged({ text: 'a', inputTokens: 3 })
    await chat.complete(request)
    await logged({ steps: [{ embedding: [1] }] }).chat.embed({ model: 'e', input: ['a'] })
    expect(lines[0]?.message).toBe('fake/gpt done in 0 ms · 3 → 1 tokens')
    expect(lines[0]?.fields).not.toHaveProperty('firstTokenMs')
    const embedding = logged({ steps: [{ embedding: [1] }], inputTokens: 7 })
    await embedding.chat.embed({ model: 'e', input: ['a'] })
    expect(embedding.lines[0]?.message).toBe('fake/e done in 0 ms · 7 tokens')
  })

  test('tells when the reader took the time', async () => {
    const { chat, clock, lines } = logged([{ waitMs: 20 }, { text: 'a' }])
    const reading = async () => {
      for await (const event of await chat(request)) {
        if (event.type === 'text') await new Promise<void>((resolve) => clock.setTimer(3000, resolve))
      }
    }
    await clock.runUntil(reading())
    expect(lines[0]?.message).toContain('done in 3.02 s (first token 20 ms, the reader took 3 s)')
  })

  test('names the provider and model of the attempt that answered, and their number', async () => {
    const again: Spec = {
      name: 'again',
      traits: { repeats: true },
      handle: (call, next) =>
        next(call).catch(() => next(call.with({ request: { ...call.request, model: 'gpt-small' } as never }))),
    }
    const { chat, lines } = logged(
      ({ index }) => (index === 0 ? { failure: { status: 500 } } : { text: 'a', model: 'gpt-small-1' }),
      {},
      { inside: [again] },
    )
    await chat.complete(request)
    expect(lines[0]?.message).toMatch(/^fake\/gpt-small done .* · 2 attempts$/)
    expect(lines[0]?.fields).toMatchObject({ attempts: 2, model: 'gpt-small', answeredModel: 'gpt-small-1' })
  })
})

describe('every ending has its line, level and callback', () => {
  const told = () => {
    const callbacks: string[] = []
    const options: LoggingOptions = {
      onRequest: ({ call, requestId }) => callbacks.push(`request ${call.request.model} ${requestId === call.id}`),
      onResponse: ({ ending, fields }) =>
        callbacks.push(`response ${ending.kind} ${fields.ending} ${ending.completion.text}`),
      onError: ({ ending, fields }) => callbacks.push(`error ${ending.kind} ${fields.ending} ${ending.error.name}`),
    }
    return { callbacks, options }
  }

  test('done', async () => {
    const { callbacks, options } = told()
    const { chat, lines } = logged('Hello', options)
    await collect(chat(request))
    await chat.complete(request)
    expect(lines.map(({ level }) => level)).toEqual(['info', 'info'])
    expect(callbacks).toEqual([
      'request gpt true',
      'response done done Hello',
      'request gpt true',
      'response done done Hello',
    ])
  })

  test('failed before anything came', async () => {
    const { callbacks, options } = told()
    const { chat, lines } = logged({ failure: { status: 429, message: 'Slow down', retryAfterMs: 2000 } }, options)
    await outcomeOf(chat.complete(request))
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'fake/gpt failed after 0 ms: rate-limit 429: Slow down · provider request request-1',
        fields: {
          ending: 'failed',
          errorName: 'ProviderError',
          errorCode: 'CEPA_PROVIDER',
          errorKind: 'rate-limit',
          errorMessage: 'Slow down',
          status: 429,
          retryable: true,
          retryAfterMs: 2000,
          providerRequestId: 'request-1',
        },
      },
    ])
    expect(callbacks).toEqual(['request gpt true', 'error failed failed ProviderError'])
  })

  test('failed in the middle', async () => {
    const { callbacks, options } = told()
    const { chat, lines } = logged([{ text: 'Hel' }, { error: { kind: 'overloaded', message: 'Too busy' } }], options)
    await collect(chat(request))
    expect(lines[0]).toMatchObject({ level: 'error', message: expect.stringContaining('overloaded 503: Too busy') })
    expect(callbacks).toEqual(['request gpt true', 'error failed failed ProviderError'])
  })

  test('failed because a layer inside refused it, before anything was sent', async () => {
    const { callbacks, options } = told()
    const refuse: Spec = {
      name: 'refuse',
      provide: () => {
        throw new RangeError('not on a Sunday')
      },
    }
    const { chat, lines } = logged('Hello', options, { inside: [refuse] })
    await outcomeOf(chat.complete(request))
    expect(lines[0]).toMatchObject({
      level: 'error',
      message: 'gpt failed after 0 ms: RangeError: not on a Sunday',
      fields: { attempts: 0 },
    })
    expect(lines[0]?.fields.errorStack).toContain('logging.test.ts')
    expect(callbacks).toEqual(['request gpt true', 'error failed failed RangeError'])
  })

  test.each([
    ['without a reason', undefined, 'by its signal'],
    ['with a reason', 'the user pressed stop', 'by its signal: the user pressed stop'],
  ])('aborted %s', async (_, reason, words) => {
    const { callbacks, options } = told()
    const { chat, clock, lines } = logged([{ text: 'Hel' }, { stall: true }], options)
    const controller = new AbortController()
    const reading = collect(chat(request, { signal: controller.signal }))
    await clock.advance(80)
    controller.abort(reason)
    await reading
    expect(lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining(`aborted after 80 ms (first token 0 ms): ${words}`) },
    ])
    expect(callbacks).toEqual(['request gpt true', 'error aborted aborted AbortError'])
  })

  test('aborted before the call', async () => {
    const { callbacks, options } = told()
    const { chat, lines } = logged('Hello', options)
    await outcomeOf(chat.complete(request, { signal: AbortSignal.abort() }))
    expect(lines).toMatchObject([{ level: 'warn', fields: { ending: 'aborted', attempts: 0 } }])
    expect(callbacks).toEqual(['request gpt true', 'error aborted aborted AbortError'])
  })

  test('aborted by its deadline, which is an error', async () => {
    const { callbacks, options } = told()
    const { chat, clock, lines } = logged([{ text: 'Hel' }, { stall: true }], options)
    await clock.runUntil(collect(chat(request, { deadlineMs: 500 })))
    expect(lines).toMatchObject([
      { level: 'error', message: expect.stringContaining('timeout: the deadline passed after 500 ms') },
    ])
    expect(callbacks).toEqual(['request gpt true', 'error aborted aborted TimeoutError'])
  })

  test('abandoned, and why', async () => {
    const { callbacks, options } = told()
    const { chat, lines } = logged('one two three', options)
    await collect(chat(request), { events: 2 })
    await (await chat(request)).cancel('the browser is gone')
    expect(lines).toMatchObject([
      { level: 'info', message: expect.stringContaining('abandoned after 0 ms (first token 0 ms): its reader left') },
      {
        level: 'info',
        message: expect.stringContaining('abandoned after 0 ms: the browser is gone'),
        fields: { reason: 'the browser is gone' },
      },
    ])
    expect(callbacks).toEqual([
      'request gpt true',
      'response abandoned abandoned one',
      'request gpt true',
      'response abandoned abandoned ',
    ])
  })

  test('unread, which is a warning', async () => {
    const { callbacks, options } = told()
    const { chat, clock, lines } = logged('Hello', options)
    const reply = await chat(request)
    await clock.advance(60_000)
    expect(lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('unread after 1 min: nobody read it') },
    ])
    expect(callbacks).toEqual(['request gpt true', 'response unread unread '])
    await reply.cancel()
  })

  test('slow, which is a warning', async () => {
    const { chat, clock, lines } = logged({ everyMs: 300, text: 'one two' }, { slowMs: 500 })
    await clock.runUntil(collect(chat(request)))
    await clock.runUntil(collect(chat(request, { layers: { logging: { slowMs: 700 } } })))
    await clock.runUntil(collect(chat(request, { layers: { logging: { slowMs: false } } })))
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info', 'info'])
    expect(lines[0]?.message).toContain('done in 600 ms (slow: over 500 ms, first token 300 ms)')
  })
})

describe('notes are lines of the same call', () => {
  const emitting = (emit: (emit: (key: unknown, value: unknown) => void) => void): Spec => ({
    name: 'teller',
    start: (call) => emit((key, value) => call.emit(key as never, value as never)),
  })
  const error = new ProviderError({ provider: 'fake', kind: 'rate-limit', status: 429, message: 'Slow down' })

  /** The lines before that of the call, and that all have one id. */
  async function linesOf(emit: (emit: (key: unknown, value: unknown) => void) => void, options: LoggingOptions = {}) {
    const { chat, lines } = logged('Hello', options, { inside: [emitting(emit)] })
    await chat.complete(request)
    expect(new Set(lines.map(({ fields }) => fields.requestId)).size).toBe(1)
    return lines.slice(0, -1)
  }

  test('a retry warns; one that gives up warns only where it had tried again', async () => {
    const lines = await linesOf((emit) => {
      emit(retryNote, { attempt: 1, delayMs: 350, error })
      emit(retryNote, { attempt: 1, stopped: 'not retryable', error })
      emit(retryNote, { attempt: 3, stopped: 'the last attempt', error })
    })
    expect(lines).toMatchObject([
      {
        level: 'warn',
        message: 'attempt 1 failed: rate-limit 429: Slow down · next one in 350 ms',
        fields: { note: 'retry', from: 'teller', attempt: 1, delayMs: 350, errorKind: 'rate-limit', status: 429 },
      },
      { level: 'warn', message: 'attempt 3 failed: rate-limit 429: Slow down · no further attempt: the last attempt' },
    ])
  })

  test('a lookup is told at debug, one that failed warns', async () => {
    const emit = (tell: (key: unknown, value: unknown) => void) => {
      tell(cacheLookupNote, { outcome: 'miss', lookupMs: 1.25, keyHash: 'ab12' })
      tell(cacheLookupNote, { outcome: 'error' })
    }
    expect(await linesOf(emit)).toMatchObject([{ level: 'warn', message: 'cache error', fields: { cache: 'error' } }])
    const verbose = (await linesOf(emit, { level: 'debug' })).filter(({ fields }) => fields.note === 'cache-lookup')
    expect(verbose).toMatchObject([
      {
        level: 'debug',
        message: 'cache miss after 1.3 ms',
        fields: { cache: 'miss', cacheKeyHash: 'ab12', cacheLookupMs: 1.25 },
      },
      { level: 'warn' },
    ])
  })

  test('a broken hook further in is an error, once', async () => {
    const broken: Spec = {
      name: 'broken',
      event: () => {
        throw new TypeError('no labels')
      },
    }
    const { chat, lines, faults } = logged('Hello world', {}, { inside: [broken] })
    await chat.complete(request)
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'the hook event of broken is broken, the call went on: TypeError: no labels',
        fields: { note: 'fault', middleware: 'broken', hook: 'event', errorName: 'TypeError' },
      },
      { level: 'info', fields: { ending: 'done' } },
    ])
    expect(lines[0]?.fields.requestId).toBe(lines[1]?.fields.requestId)
    expect(faults).toEqual([])
  })

  test('what a layer wants to say is said at its level, with its data apart', async () => {
    const lines = await linesOf((emit) => {
      emit(logNote, {
        level: 'warn',
        message: 'looks like an injection',
        fields: { score: 0.9, requestId: 'mine', api_key: 'abc' },
      })
      emit(logNote, { level: 'debug', message: 'nothing' })
      emit(logNote, { level: 'fatal', message: 'levels are checked' })
      emit(logNote, { level: 'silent', message: 'this one too' })
    })
    expect(lines).toMatchObject([
      {
        level: 'warn',
        message: 'teller: looks like an injection',
        fields: { data: { score: 0.9, requestId: 'mine', api_key: '[redacted]' } },
      },
      { level: 'info', message: 'teller: levels are checked' },
      { level: 'info', message: 'teller: this one too' },
    ])
  })

  test('data that is long is cut', async () => {
    const [line] = await linesOf((emit) =>
      emit(logNote, { level: 'info', message: 'long', fields: { text: 'ö'.repeat(5000) } }),
    )
    expect(Buffer.byteLength(line?.fields.data as string)).toBeLessThanOrEqual(4000)
  })

  test('at debug also the request, the attempts and notes of kinds that are not known, without their values', async () => {
    const own = noteKey<{ secret: string }>('own-note')
    const { chat, lines } = logged(
      'Hello',
      { level: 'debug' },
      { inside: [emitting((emit) => emit(own, { secret: 'value' }))] },
    )
    await chat.complete({ ...request, tools: [], maxOutputTokens: 9 })
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'debug gpt asked, chat complete: 1 message, 0 tools, at most 9 tokens',
      'debug teller told own-note',
      'debug attempt 1 at fake/gpt',
      'debug attempt 1 done after 0 ms',
      'info fake/gpt done in 0 ms · 6 → 1 tokens',
    ])
    expect(JSON.stringify(lines)).not.toContain('value')
  })

  test('a detached call has a line of its own, also after the call', async () => {
    const detaching: Spec = {
      name: 'revalidate',
      handle: async (call, next) => {
        const inner = call.detach('revalidation')
        void next(inner).then((reply) => reply.result())
        return next(call)
      },
      traits: { repeats: true },
    }
    const script: Script = ({ index }) => (index === 0 ? { everyMs: 50, text: 'fresh' } : 'stale')
    const { chat, clock, faults, lines } = logged(script, {}, { inside: [detaching] })
    await chat.complete(request)
    expect(lines).toHaveLength(1)
    await clock.runAll()
    expect(lines[1]).toMatchObject({
      level: 'info',
      message: expect.stringMatching(/^fake\/gpt \(in the background: revalidation\) done in 50 ms/),
      fields: { detached: 'revalidation', attempts: 1, requestId: lines[0]?.fields.requestId },
    })
    expect(faults).toEqual([])
  })
})

describe('callbacks and loggers never reach the call', () => {
  const failing = (how: 'throws' | 'rejects') => (): unknown => {
    const error = new Error('no connection to the audit service')
    if (how === 'rejects') return Promise.reject(error)
    throw error
  }

  test.each(['throws', 'rejects'] as const)('a callback that %s', async (how) => {
    const options = { onRequest: failing(how), onResponse: failing(how), onError: failing(how) }
    const { chat, clock, faults, lines } = logged(
      ({ index }) => (index < 2 ? 'Hello' : { failure: { status: 500 } }),
      options,
    )
    expect((await chat.complete(request)).text).toBe('Hello')
    expect((await collect(chat(request))).text).toBe('Hello')
    expect((await outcomeOf(chat.complete(request))).error).toBeInstanceOf(ProviderError)
    await clock.settle()
    const ofCalls = lines.filter(({ fields }) => fields.ending !== undefined)
    expect(ofCalls.map(({ fields }) => fields.ending)).toEqual(['done', 'done', 'failed'])
    if (how === 'throws') {
      expect(faults.map(({ middleware: name, hook, error }) => `${name} ${hook} ${error.message}`)).toEqual(
        Array(3).fill('logging end no connection to the audit service'),
      )
    } else {
      expect(
        lines
          .filter((line) => !ofCalls.includes(line))
          .map(({ level, message }) => `${level} ${message}`)
          .sort(),
      ).toEqual(
        ['onError', 'onRequest', 'onResponse'].map(
          (door) =>
            `error logging: ${door} failed, the call went on: Error: no connection to the audit service (told once)`,
        ),
      )
      expect(faults).toEqual([])
    }
  })

  test('a rejection while the call runs is told to the layers outside', async () => {
    const notes: unknown[] = []
    const outside: Spec = { name: 'outside', note: (_call, note) => void notes.push(note.value) }
    const { chat, clock } = logged(
      { everyMs: 10, text: 'one two' },
      { onRequest: failing('rejects') },
      { outside: [outside] },
    )
    await clock.runUntil(collect(chat(request)))
    expect(notes).toContainEqual({ middleware: 'logging', hook: 'onRequest', error: expect.any(Error) })
  })

  test('a callback is not waited for', async () => {
    const { chat } = logged('Hello', {
      onRequest: () => new Promise(() => undefined),
      onResponse: () => new Promise(() => undefined),
    })
    expect((await chat.complete(request)).text).toBe('Hello')
  })

  test('a logger that throws is a fault of the layer, and callbacks are told all the same', async () => {
    const endings: string[] = []
    const logger: Logger = { log: failing('throws') }
    const { chat, faults } = logged('Hello', {
      logger,
      level: 'debug',
      onResponse: ({ ending }) => endings.push(ending.kind),
    })
    expect((await chat.complete(request)).text).toBe('Hello')
    expect(endings).toEqual(['done'])
    expect(faults).toMatchObject([{ middleware: 'logging', error: { message: 'no connection to the audit service' } }])
  })

  test('calls at one time have lines and callbacks of their own', async () => {
    const seen: string[] = []
    const options: LoggingOptions = {
      onRequest: ({ requestId }) => seen.push(`+${requestId}`),
      onResponse: ({ requestId, fields }) => seen.push(`-${requestId} ${fields.ms}`),
    }
    const { chat, clock, lines } = logged(({ index }) => ({ everyMs: 30 - 10 * index, text: 'a' }), options)
    await clock.runUntil(Promise.all([collect(chat(request)), collect(chat(request)), collect(chat(request))]))
    const ids = seen.slice(0, 3).map((each) => each.slice(1))
    expect(new Set(ids).size).toBe(3)
    expect(lines.map(({ fields }) => [fields.requestId, fields.ms])).toEqual([
      [ids[2], 10],
      [ids[1], 20],
      [ids[0], 30],
    ])
    expect(seen.slice(3)).toEqual([`-${ids[2]} 10`, `-${ids[1]} 20`, `-${ids[0]} 30`])
  })
})

describe('options', () => {
  test('levels let through what matters as much or more; silent nothing, callbacks still', async () => {
    const counts: number[] = []
    for (const level of ['debug', 'info', 'warn', 'error', 'silent'] as const) {
      const onError = () => counts.push(-1)
      const note: Spec = { name: 'teller', start: (call) => call.emit(logNote, { level: 'warn', message: 'look' }) }
      const { chat, lines } = logged({ failure: { status: 500 } }, { level, onError }, { inside: [note] })
      await outcomeOf(chat.complete(request))
      counts.push(lines.length)
    }
    expect(counts).toEqual([-1, 5, -1, 2, -1, 2, -1, 1, -1, 0])
  })

  test('per call: another level, or left out', async () => {
    const { chat, lines } = logged('Hello')
    await chat.complete(request, { layers: { logging: { level: 'silent' } } })
    await chat.complete(request, { layers: { logging: false } })
    expect(lines).toEqual([])
    await chat.complete(request, { layers: { logging: { level: 'debug' } } })
    expect(lines.length).toBeGreaterThan(1)
  })

  test('two in one stack write to two places', async () => {
    const one = memory()
    const two = memory()
    const chat = pipeline(
      fakeProvider('Hello'),
      logging({ logger: one.logger }),
      logging({ name: 'audit', logger: two.logger }),
    )
    await chat.complete(request, { layers: { audit: { level: 'debug' } } })
    expect([one.lines.length, two.lines.length]).toEqual([1, 4])
  })

  test.each<[LoggingOptions, string]>([
    [
      { level: 'verbose' as never },
      'logging: option level is "verbose"; it must be one of "debug", "info", "warn", "error", "silent"',
    ],
    [{ slowMs: -1 }, 'option slowMs is -1; it must be a number of at least 1, or one of false'],
    [{ logger: {} as never }, 'option logger is an object; it must be an object with log(level, message, fields)'],
    [{ maxContentBytes: 10 }, 'option maxContentBytes is 10'],
    [{ onRequest: 'url' as never }, 'option onRequest is "url"; it must be a function'],
    [{ redact: true as never }, 'option redact is true; it must be a function'],
    [{ onresponse: () => undefined } as never, 'did you mean onResponse?'],
  ])('%j are refused at once', (options, message) => {
    expect(() => logging(options)).toThrow(OptionError)
    expect(() => logging(options)).toThrow(message)
  })

  test('of a call are checked too, before anything is sent', async () => {
    const { chat, provider } = logged('Hello')
    const { error } = await outcomeOf(chat.complete(request, { layers: { logging: { level: 'loud' as never } } }))
    expect(error?.message).toContain('layers.logging: option level is "loud"')
    expect(provider.ledger).toHaveLength(0)
  })

  test('are told by explain()', () => {
    const chat = pipeline(fakeProvider(), logging({ slowMs: false }))
    expect(chat.explain({ json: true }).layers[0]).toMatchObject({
      controls: false,
      traits: ['records'],
      data: { level: 'info', slowMs: false, content: false, maxContentBytes: 4096 },
    })
  })
})

test('keeps the contract', async () => {
  const report = await testMiddleware({
    make: (tell) =>
      logging({
        logger: { log: (level, message) => tell({ level, message }) },
        level: 'debug',
        content: true,
        onRequest: ({ call }) => tell(call.request.model),
        onResponse: ({ ending }) => tell(ending.kind),
        onError: ({ ending }) => tell(ending.kind),
      }),
    name: 'logging',
    badOptions: [() => logging({ level: 'loud' as never }), () => logging({ slowMs: 0 })],
    badCallOptions: [{ level: 'loud' }, { logger: console }, true],
  })
  expect(report.broken).toEqual([])
})
