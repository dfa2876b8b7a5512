import {
  type AnyMiddleware,
  type Call,
  type CallRecord,
  cacheFact,
  costFact,
  middleware,
  OptionError,
  pipeline,
  Reply,
  requestIdFact,
  route,
  timingFact,
  usageFact,
} from '@cepa/core'
import {
  collect,
  fakeProvider,
  inTurn,
  memoryExporter,
  outcomeOf,
  type Script,
  telemetryFindings,
  testMiddleware,
  virtualClock,
} from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { type TelemetryOptions, telemetry } from './index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const anyId = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
const traceId = expect.stringMatching(/^[\da-f]{32}$/)
const spanId = expect.stringMatching(/^[\da-f]{16}$/)

/** A stack with telemetry outermost, on a clock of its own. */
function recording(
  script: Script,
  { options = {}, inside = [] }: { options?: TelemetryOptions; inside?: readonly AnyMiddleware[] } = {},
) {
  const clock = virtualClock({ startMs: 1000 })
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter], clock, ...options })
  const provider = fakeProvider(script)
  const chat = pipeline({ adapter: provider, layers: [watch, ...inside] as never, clock, name: 'main' })
  const flush = () => clock.runUntil(watch.flush())
  return { chat, clock, exporter, watch, provider, flush }
}

const again: AnyMiddleware = middleware({
  name: 'again',
  traits: { repeats: true },
  handle: (call, next) => next(call).catch(() => next(call)),
})

describe('the record of a call', () => {
  test('describes a streamed answer completely', async () => {
    const { chat, clock, exporter, flush } = recording({
      headersMs: 100,
      id: 'resp-1',
      model: 'm-2026',
      steps: [{ waitMs: 50 }, { text: 'a' }, { waitMs: 10 }, { text: 'b' }, { waitMs: 40 }, { text: 'c' }],
      inputTokens: 5,
      attempt: {
        serverAddress: 'api.example',
        serverPort: 443,
        bytesSent: 120,
        bytesReceived: 900,
        wireBytesReceived: 300,
      },
    })
    await clock.runUntil(collect(chat({ ...request, temperature: 0.5 }, { attributes: { tenant: 'acme' } })))
    expect(exporter.records).toEqual([])
    await flush()
    expect(exporter.records).toEqual([
      {
        schema: 'cepa.call/1',
        id: anyId,
        requestId: anyId,
        pipeline: 'main',
        trace: { traceId, spanId, sampled: true },
        operation: 'chat',
        mode: 'stream',
        startedAtMs: expect.any(Number),
        provider: 'fake',
        model: 'm',
        responseModel: 'm-2026',
        responseId: 'resp-1',
        parameters: { temperature: 0.5, messages: 1 },
        attributes: { tenant: 'acme' },
        ending: 'done',
        finish: 'stop',
        finishRaw: 'stop',
        durations: {
          totalMs: 200,
          headersMs: 100,
          firstTokenMs: 150,
          gaps: { count: 2, meanMs: 25, p50Ms: 10, p95Ms: 40, maxMs: 40 },
          outputTokensPerSecond: 60,
          providerMs: 200,
          consumerMs: 0,
        },
        usage: { inputTokens: 5, outputTokens: 3, source: 'provider' },
        spent: { inputTokens: 5, outputTokens: 3, source: 'provider' },
        attempts: [
          {
            index: 0,
            provider: 'fake',
            model: 'm',
            startMs: 0,
            durationMs: 200,
            headersMs: 100,
            ending: 'done',
            won: true,
            status: 200,
            providerRequestId: 'request-1',
            serverAddress: 'api.example',
            serverPort: 443,
            bytesSent: 120,
            bytesReceived: 900,
            wireBytesReceived: 300,
            usage: { inputTokens: 5, outputTokens: 3, source: 'provider' },
          },
        ],
        bytesSent: 120,
        bytesReceived: 900,
        wireBytesReceived: 300,
      },
    ])
    expect(JSON.parse(JSON.stringify(exporter.last))).toEqual(exporter.last)
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  test('tells every ending', async () => {
    const { chat, clock, exporter, flush } = recording(({ index }) =>
      index === 1
        ? { failure: { kind: 'rate-limit', status: 429, retryAfterMs: 900 } }
        : { everyMs: 10, text: 'a b c d' },
    )
    await clock.runUntil(collect(chat(request)))
    await clock.runUntil(outcomeOf(chat(request)))
    await clock.runUntil(collect(chat(request), { events: 2 }))
    const abort = new AbortController()
    clock.setTimer(25, () => abort.abort())
    await clock.runUntil(outcomeOf(collect(chat(request, { signal: abort.signal }))))
    await clock.runUntil(outcomeOf(collect(chat(request, { deadlineMs: 15 }))))
    await clock.runUntil(chat(request).then((reply) => reply.cancel('seen enough')))
    await flush()
    expect(exporter.records.map(({ ending, error, reason }) => [ending, error?.kind ?? error?.code ?? reason])).toEqual(
      [
        ['done', undefined],
        ['failed', 'rate-limit'],
        ['abandoned', undefined],
        ['aborted', 'CEPA_ABORTED'],
        ['aborted', 'timeout'],
        ['abandoned', 'seen enough'],
      ],
    )
    expect(exporter.records[1]?.error).toEqual({
      name: 'ProviderError',
      message: expect.any(String),
      code: 'CEPA_PROVIDER',
      kind: 'rate-limit',
      status: 429,
      providerRequestId: 'request-2',
      retryable: true,
      retryAfterMs: 900,
    })
    expect(exporter.records[4]?.error).toMatchObject({ limit: 'deadline', limitMs: 15, setBy: 'caller' })
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  test('tells an answer that nobody read', async () => {
    const { chat, clock, exporter, flush } = recording('Hi')
    const reply = await clock.runUntil(chat(request))
    await clock.advance(60_000)
    await flush()
    expect(exporter.last.ending).toBe('unread')
    expect(reply).toBeDefined()
  })

  test('has every attempt, with spans of their own', async () => {
    const { chat, clock, exporter, flush } = recording(
      inTurn({ failure: { kind: 'overloaded', status: 529 }, headersMs: 30 }, { text: 'Hi', inputTokens: 4 }),
      { inside: [again] },
    )
    await clock.runUntil(collect(chat(request)))
    await flush()
    const { attempts, spent } = exporter.last
    expect(
      attempts.map(({ index, ending, won, startMs, error }) => [index, ending, won, startMs, error?.kind]),
    ).toEqual([
      [0, 'failed', false, 0, 'overloaded'],
      [1, 'done', true, 30, undefined],
    ])
    expect(new Set(attempts.map((attempt) => attempt.spanId)).size).toBe(2)
    expect(attempts[0]?.spanId).toEqual(spanId)
    expect(spent).toEqual({ inputTokens: 4, outputTokens: 1, source: 'provider' })
  })

  test('knows the provider also where there was no attempt, and behind pipelines and routes', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock })
    const hit = middleware({
      name: 'hit',
      handle: async (call) => Reply.from([{ type: 'end', finish: 'stop', at: call.clock.now() }]),
    })
    const inner = pipeline({ adapter: fakeProvider('Hi', { name: 'one' }), layers: [hit] as never, name: 'stack one' })
    const chat = pipeline({
      adapter: route({ a: inner, b: fakeProvider('Hi', { name: 'two' }) }),
      layers: [watch],
      clock,
    })
    await clock.runUntil(collect(chat({ ...request, model: 'a/m' })))
    await clock.runUntil(collect(chat({ ...request, model: 'b/m' })))
    await clock.runUntil(outcomeOf(chat({ ...request, model: 'c/m' })))
    await clock.runUntil(watch.flush())
    expect(
      exporter.records.map(({ provider, model, attempts, ending }) => [provider, model, attempts.length, ending]),
    ).toEqual([
      ['one', 'a/m', 0, 'done'],
      ['two', 'b/m', 1, 'done'],
      ['route', 'c/m', 0, 'failed'],
    ])
  })

  test('takes what layers further in know better', async () => {
    const usage = {
      answer: { inputTokens: 9, outputTokens: 1, source: 'estimate' },
      spent: undefined,
      attempts: [],
    } as const
    const cache = { outcome: 'hit', keyHash: 'abc', ageMs: 5, savedUsd: 0.5 } as const
    const timing = { totalMs: 1, providerMs: 1, consumerMs: 0, firstTokenMs: 0.5 }
    const { chat, clock, exporter, flush } = recording('Hi', {
      inside: [
        middleware({ name: 'clockwork', gives: [timingFact], end: (call) => call.give(timingFact, timing) }),
        middleware({
          name: 'knowing',
          gives: [usageFact, costFact, cacheFact],
          end(call) {
            call.give(usageFact, usage as never)
            call.give(costFact, { usd: 0.25, attempts: [] })
            call.give(cacheFact, cache)
          },
        }),
      ],
    })
    await clock.runUntil(collect(chat(request)))
    await flush()
    expect(exporter.last).toMatchObject({ usage: usage.answer, cost: { usd: 0.25 }, cache, durations: timing })
    expect(exporter.last.spent).toBeUndefined()
  })

  test('has the id that requestId() made, and the request’s parameters', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock })
    const ids = middleware({
      name: 'ids',
      gives: [requestIdFact],
      provide: (call) => call.give(requestIdFact, 'my-id'),
    })
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [ids, watch], clock })
    const whole = {
      ...request,
      maxOutputTokens: 5,
      topP: 0.5,
      seed: 7,
      stop: ['a', 'b'],
      reasoning: { effort: 'low' },
      tools: [{ name: 'search', parameters: {} }],
      toolChoice: { tool: 'search' },
      responseFormat: { type: 'json' },
    } as const
    await clock.runUntil(chat.complete(whole))
    await clock.runUntil(chat.embed({ model: 'e', input: ['a', 'b'], dimensions: 8 }))
    await clock.runUntil(watch.flush())
    const [first, second] = exporter.records as [CallRecord, CallRecord]
    expect(first).toMatchObject({ requestId: 'my-id', mode: 'complete', operation: 'chat' })
    expect(first.id).not.toBe('my-id')
    expect(first.parameters).toEqual({
      maxOutputTokens: 5,
      topP: 0.5,
      seed: 7,
      stop: 2,
      reasoningEffort: 'low',
      tools: ['search'],
      toolChoice: 'search',
      outputType: 'json',
      messages: 1,
    })
    expect(second).toMatchObject({ operation: 'embed', parameters: { inputs: 2, dimensions: 8 } })
  })

  test('tells hooks that broke', async () => {
    const broken = middleware({
      name: 'broken',
      event() {
        throw new TypeError('oops')
      },
    })
    const { chat, clock, exporter, flush } = recording('Hi', { inside: [broken] })
    await clock.runUntil(collect(chat(request)))
    await flush()
    expect(exporter.last).toMatchObject({
      ending: 'done',
      faults: [{ middleware: 'broken', hook: 'event', error: { name: 'TypeError', message: 'oops' } }],
    })
  })

  test('of a detached call is one of its own, in the same trace', async () => {
    const background = middleware({
      name: 'background',
      async handle(call, next) {
        const detached = call.detach('refresh')
        void next(detached)
          .then((reply) => reply.result())
          .catch(() => undefined)
        return next(call)
      },
    })
    const { chat, clock, exporter, flush } = recording(
      ({ index }) => ({ everyMs: index === 0 ? 100 : 1, text: 'a b', inputTokens: 3 }),
      { inside: [background] },
    )
    await clock.runUntil(collect(chat(request)))
    await clock.advance(500)
    await flush()
    const [own, detached] = exporter.records as [CallRecord, CallRecord]
    expect(exporter.records).toHaveLength(2)
    expect(own.detached).toBeUndefined()
    expect(detached.detached).toEqual({ reason: 'refresh', parentId: own.id })
    expect(detached.trace).toMatchObject({ traceId: own.trace?.traceId, parentSpanId: own.trace?.spanId })
    expect(detached.spent).toEqual({ inputTokens: 3, outputTokens: 2, source: 'provider' })
    expect(own.spent).toEqual({ inputTokens: 3, outputTokens: 2, source: 'provider' })
    expect(own.requestId).toBe(detached.requestId)
    expect(telemetryFindings(exporter.items)).toEqual([])
  })
})

describe('C5: nested pipelines', () => {
  test('make one record, in the outermost telemetry', async () => {
    const clock = virtualClock()
    const [outer, inner] = [memoryExporter(), memoryExporter()]
    const inmost = pipeline(fakeProvider('Hi'), telemetry({ exporters: [inner], clock }))
    const middle = pipeline({ adapter: route({ a: inmost }), layers: [middleware({ name: 'plain' })] })
    const watch = telemetry({ exporters: [outer], clock })
    const chat = pipeline({ adapter: middle, layers: [watch], clock })
    await clock.runUntil(collect(chat({ ...request, model: 'a/m' })))
    await clock.runUntil(watch.flush())
    await clock.advance(5000)
    expect(outer.records).toHaveLength(1)
    expect(inner.items).toEqual([])
    expect(telemetryFindings(outer.items)).toEqual([])
    // alone, the inner one makes its own
    const own = pipeline({ adapter: inmost, clock })
    await clock.runUntil(collect(own(request)))
    await clock.advance(5000)
    expect(inner.records).toHaveLength(1)
  })

  test('also where one telemetry stands in both', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock })
    const chat = pipeline({ adapter: pipeline(fakeProvider('Hi'), watch), layers: [watch], clock, name: 'outer' })
    await clock.runUntil(collect(chat(request)))
    await clock.runUntil(watch.flush())
    expect(exporter.records.map((record) => record.pipeline)).toEqual(['outer'])
    expect(watch.stats()).toMatchObject({ inFlight: 0, records: 1 })
  })

  test('without an outer one, make one each, of its own attempts', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock })
    const nested = pipeline(fakeProvider(inTurn({ failure: { kind: 'server' } }, 'Hi')), watch)
    const chat = pipeline({ adapter: nested, layers: [again] as never, clock })
    await clock.runUntil(collect(chat(request)))
    await clock.runUntil(watch.flush())
    expect(exporter.records.map(({ ending, attempts }) => [ending, attempts.map(({ index }) => index)])).toEqual([
      ['failed', [0]],
      ['done', [1]],
    ])
    const [one, two] = exporter.records as [CallRecord, CallRecord]
    expect(one.id).not.toBe(two.id)
    expect(one.requestId).toBe(two.requestId)
  })
})

describe('correlation', () => {
  const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  test('takes the trace that the caller is in, and sends it on when asked to', async () => {
    for (const propagate of [false, true]) {
      const { chat, clock, exporter, flush, provider } = recording('Hi', { options: { propagate } })
      const parent = { traceparent: header, tracestate: 'a=1', baggage: 'user=7' }
      await clock.runUntil(collect(chat(request, { parent })))
      await flush()
      const { trace } = exporter.last
      expect(trace).toEqual({
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId,
        parentSpanId: 'b7ad6b7169203331',
        sampled: true,
        traceState: 'a=1',
      })
      const sent = { traceparent: `00-${trace?.traceId}-${trace?.spanId}-01`, tracestate: 'a=1', baggage: 'user=7' }
      expect(provider.last.headers).toEqual(propagate ? sent : {})
      expect(JSON.stringify(exporter.items)).not.toContain('user=7')
    }
  })

  test('reads the headers of the call, and replaces them by its own place', async () => {
    const { chat, clock, exporter, flush, provider } = recording('Hi', { options: { propagate: true } })
    await clock.runUntil(collect(chat(request, { headers: { Traceparent: header } })))
    await flush()
    expect(exporter.last.trace?.parentSpanId).toBe('b7ad6b7169203331')
    expect(provider.last.headers.traceparent).toContain(exporter.last.trace?.spanId)
  })

  test('refuses a parent that can mean nothing', async () => {
    const { chat, clock } = recording('Hi')
    expect(await clock.runUntil(outcomeOf(chat(request, { parent: 'x' })))).toMatchObject({
      error: expect.any(OptionError),
    })
  })

  test('a call made for a call is in its trace', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter], clock })
    const judge = pipeline({ adapter: fakeProvider('yes'), layers: [watch], clock, name: 'judge' })
    const guard = middleware({
      name: 'guard',
      async handle(call: Call, next) {
        await judge.complete(request, { parent: call })
        return next(call)
      },
    })
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch, guard] as never, clock, name: 'main' })
    await clock.runUntil(collect(chat(request)))
    await clock.runUntil(watch.flush())
    const [inner, outer] = exporter.records as [CallRecord, CallRecord]
    expect([inner.pipeline, outer.pipeline]).toEqual(['judge', 'main'])
    expect(inner.trace).toMatchObject({ traceId: outer.trace?.traceId, parentSpanId: outer.trace?.spanId })
  })
})

describe('notes', () => {
  test('are told in order, dated and correlated', async () => {
    const { chat, clock, exporter, flush } = recording(
      inTurn({ failure: { kind: 'server', status: 500 }, headersMs: 20 }, { headersMs: 5, text: 'Hi' }),
      { inside: [again] },
    )
    await clock.runUntil(collect(chat(request)))
    await flush()
    expect(exporter.notes.map(({ name, from, sinceStartMs }) => [name, from, sinceStartMs])).toEqual([
      ['call-start', 'telemetry', 0],
      ['attempt-start', 'adapter:fake', 0],
      ['attempt-end', 'adapter:fake', 20],
      ['attempt-start', 'adapter:fake', 20],
      ['first-token', 'telemetry', 25],
      ['attempt-end', 'adapter:fake', 25],
    ])
    const { id, requestId, trace, startedAtMs } = exporter.last
    expect(exporter.notes[2]).toEqual({
      schema: 'cepa.note/1',
      name: 'attempt-end',
      from: 'adapter:fake',
      callId: id,
      requestId,
      pipeline: 'main',
      traceId: trace?.traceId,
      spanId: trace?.spanId,
      atMs: startedAtMs + 20,
      sinceStartMs: 20,
      value: expect.objectContaining({
        index: 0,
        ending: 'failed',
        status: 500,
        error: expect.objectContaining({ kind: 'server' }),
      }),
    })
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  test('are not made where nobody wants them', async () => {
    const { chat, clock, exporter, flush, watch } = recording('Hi', { options: {} })
    watch.update({ level: 'calls' })
    await clock.runUntil(collect(chat(request)))
    await flush()
    expect(exporter.notes).toEqual([])
    expect(exporter.records).toHaveLength(1)
  })
})

test('it breaks no rule of the contract', async () => {
  await testMiddleware({
    name: 'telemetry',
    make: (tell) => {
      const made = telemetry({ exporters: [memoryExporter()], clock: virtualClock(), hashKey: 'key-of-16-letters' })
      made.onRecord(({ ending, model }) => tell({ ending, model }))
      return made as AnyMiddleware
    },
    badOptions: [
      () => telemetry({ exporters: [{}] as never }),
      () => telemetry({ sample: { ratio: 2 } }),
      () => telemetry({ capture: 'hashes' }),
      () => telemetry({ hashKey: 'short' }),
      () => telemetry({ filter: { ending: { atLeast: 3 } } as never }),
      () => telemetry({ redact: { paths: ['a..b'] } }),
      () => telemetry({ exporters: [{ exporter: memoryExporter(), limits: { delayMs: -1 } }] }),
      () => telemetry({ nothing: 1 } as never),
    ],
    badCallOptions: [{ capture: 'some' }, { level: 5 }, { keep: 'yes' }],
    secrets: ['key-of-16-letters'],
  })
})
