import { type AnyMiddleware, type Call, costFact, middleware, pipeline, requestIdFact, traceFact } from '@cepa/core'
import { cache } from '@cepa/middleware-cache'
import { retry } from '@cepa/middleware-retry'
import {
  collect,
  type FakeProviderOptions,
  fakeProvider,
  inTurn,
  outcomeOf,
  type Script,
  virtualClock,
} from '@cepa/testing'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { type TracingOptions, tracing } from './index.ts'

const otel = sdk()
const EPOCH_MS = Date.UTC(2026, 9, 2)
const request = { model: 'm-1', messages: [{ role: 'user', content: 'Hi' }] } as const
const at = { serverAddress: 'api.example.com', serverPort: 443, providerRequestId: 'req_1' }

interface Shape extends FakeProviderOptions {
  readonly options?: TracingOptions
  readonly inside?: readonly AnyMiddleware[]
  readonly outside?: readonly AnyMiddleware[]
}

/** A stack on a clock of its own. */
function traced(script: Script, { options, inside = [], outside = [], ...provider }: Shape = {}) {
  const clock = virtualClock({ startMs: 1000, epochMs: EPOCH_MS })
  const adapter = fakeProvider(script, { name: 'openai', ...provider })
  const layers = [...outside, tracing(options), ...inside] as never
  return { clock, adapter, chat: pipeline({ adapter, layers, clock, name: 'chat' }) }
}

/** The time of the virtual clock at which a test's call began, and so many milliseconds later. */
const time = (ms: number): [number, number] => [(EPOCH_MS + Math.floor(ms / 1000) * 1000) / 1000, (ms % 1000) * 1e6]

describe('a call', () => {
  it('is one client span with the attributes of the conventions', async () => {
    const usage = { inputTokens: 31, outputTokens: 12, cacheReadTokens: 8, cacheWriteTokens: 3, reasoningTokens: 4 }
    const script = {
      headersMs: 40,
      attempt: { ...at, bytesSent: 210, bytesReceived: 900 },
      model: 'm-1-2026',
      id: 'chatcmpl-1',
    }
    const { chat, clock } = traced({
      ...script,
      steps: [{ waitMs: 10 }, { text: 'a' }, { waitMs: 25 }, { end: 'length', usage }],
    })
    const asked = { ...request, maxOutputTokens: 100, temperature: 0.2, topP: 0.9, topK: 40, seed: 7 } as const
    await clock.runUntil(
      collect(chat({ ...asked, presencePenalty: 0.1, frequencyPenalty: 0.3 }, { attributes: { tenant: 'acme' } })),
    )
    const [span] = otel.spans
    expect(otel.spans).toHaveLength(1)
    expect(span).toMatchObject({
      name: 'chat m-1',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      startTime: time(0),
      endTime: time(75),
      parentSpanContext: undefined,
      instrumentationScope: { name: '@cepa/opentelemetry', schemaUrl: 'https://opentelemetry.io/schemas/1.41.0' },
    })
    expect(span?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm-1',
      'gen_ai.request.stream': true,
      'gen_ai.request.max_tokens': 100,
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.seed': 7,
      'gen_ai.request.presence_penalty': 0.1,
      'gen_ai.request.frequency_penalty': 0.3,
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.model': 'm-1-2026',
      'gen_ai.response.finish_reasons': ['length'],
      'gen_ai.response.time_to_first_chunk': 0.05,
      'gen_ai.usage.input_tokens': 31,
      'gen_ai.usage.output_tokens': 12,
      'gen_ai.usage.cache_read.input_tokens': 8,
      'gen_ai.usage.cache_creation.input_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 4,
      'server.address': 'api.example.com',
      'server.port': 443,
      'cepa.call.id': expect.any(String),
      'cepa.request.id': expect.any(String),
      'cepa.pipeline': 'chat',
      'cepa.attribute.tenant': 'acme',
      'cepa.provider.request_id': 'req_1',
      'cepa.request.body.size': 210,
      'cepa.response.body.size': 900,
      'cepa.usage.source': 'provider',
      'cepa.ending': 'done',
    })
  })

  it('that is whole is not streamed and has no first chunk', async () => {
    const { chat } = traced('one two')
    await chat.complete(request)
    const { attributes } = otel.named('chat m-1')
    expect(attributes).not.toHaveProperty('gen_ai.request.stream')
    expect(attributes).not.toHaveProperty('gen_ai.response.time_to_first_chunk')
  })

  it('tells a sampler what it decides by when the span starts', async () => {
    const seen: unknown[] = []
    const { chat } = traced('one', {
      server: { serverAddress: 'api.example.com', serverPort: 443 },
      options: {
        tracer: {
          ...otel.provider.getTracer('app'),
          startSpan: (name, options, context) => {
            seen.push({ name, kind: options?.kind, attributes: { ...options?.attributes } })
            return otel.provider.getTracer('app').startSpan(name, options, context)
          },
        },
      },
    })
    await chat.complete(request)
    expect(seen).toMatchObject([
      {
        name: 'chat m-1',
        kind: SpanKind.CLIENT,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'm-1',
          'server.address': 'api.example.com',
          'server.port': 443,
        },
      },
    ])
  })

  it('has the words that the conventions keep for OpenAI on its own spans alone', async () => {
    const script = { text: 'a', attempt: { apiType: 'chat_completions', systemFingerprint: 'fp_1' } }
    const words = { 'openai.api.type': 'chat_completions', 'openai.response.system_fingerprint': 'fp_1' }
    await traced(script).chat.complete(request)
    expect(otel.own.at(-1)?.attributes).toMatchObject(words)
    await traced(script, { name: 'another' }).chat.complete(request)
    for (const name of Object.keys(words)) expect(otel.own.at(-1)?.attributes).not.toHaveProperty([name])
  })

  it('asks for what it asks for: format, candidates, tier, effort', async () => {
    const { chat } = traced([{ text: 'a', choice: 0 }, { text: 'b', choice: 1 }, { end: 'stop' }], {
      options: { semconv: 'latest' },
    })
    await chat.complete({
      ...request,
      candidates: 2,
      responseFormat: { type: 'json' },
      reasoning: { effort: 'low' },
      providerOptions: { service_tier: 'flex' },
    })
    expect(otel.named('chat m-1').attributes).toMatchObject({
      'gen_ai.request.choice.count': 2,
      'gen_ai.output.type': 'json',
      'gen_ai.request.reasoning.level': 'low',
      'openai.request.service_tier': 'flex',
      'gen_ai.response.finish_reasons': ['stop', 'error'],
    })
  })

  it('that embeds has the attributes of embeddings', async () => {
    const { chat } = traced({ steps: [{ embedding: [1, 2] }], inputTokens: 4 })
    await chat.embed({ model: 'e-1', input: ['a'], dimensions: 2 })
    const { attributes } = otel.named('embeddings e-1')
    expect(attributes).toMatchObject({
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.embeddings.dimension.count': 2,
      'gen_ai.usage.input_tokens': 4,
    })
    expect(attributes).not.toHaveProperty('gen_ai.response.finish_reasons')
  })

  it('of a provider that the conventions call otherwise goes by that name', async () => {
    const { chat } = traced('one', { name: 'gemini' })
    await chat.complete(request)
    expect(otel.named('generate_content m-1').attributes['gen_ai.provider.name']).toBe('gcp.gemini')
  })

  it('has what layers around and inside know: request id, cost, labels of the application', async () => {
    const ids = middleware({ name: 'ids', gives: [requestIdFact], provide: (call) => call.give(requestIdFact, 'r-1') })
    const costs = middleware({
      name: 'costs',
      gives: [costFact],
      end: (call) => call.give(costFact, { usd: 0.25, attempts: [] }),
    })
    const attributes = (call: Call) => ({
      'app.messages': call.operation === 'chat' ? call.request.messages.length : 0,
    })
    const { chat } = traced('one', { outside: [ids], inside: [costs], options: { attributes } })
    await chat.complete(request, {
      layers: { tracing: { attributes: { 'gen_ai.conversation.id': 'conv-1' } } },
    } as never)
    expect(otel.named('chat m-1').attributes).toMatchObject({
      'cepa.request.id': 'r-1',
      'cepa.cost.usd': 0.25,
      'app.messages': 1,
      'gen_ai.conversation.id': 'conv-1',
    })
  })
})

describe('every ending closes the span, once', () => {
  const slow = { headersMs: 20, everyMs: 10, text: 'one two three' } as const

  it('failed: status, type of the error, its message without secrets', async () => {
    const failure = { status: 429, kind: 'rate-limit', message: 'Too many for key sk-proj-abc123def456' } as const
    const { chat } = traced({ failure, attempt: at })
    await outcomeOf(chat.complete(request))
    const [span] = otel.spans
    expect(otel.spans).toHaveLength(1)
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'Too many for key [redacted]' })
    expect(span?.attributes).toMatchObject({
      'error.type': '429',
      'cepa.error.kind': 'rate-limit',
      'cepa.ending': 'failed',
      'gen_ai.response.finish_reasons': ['error'],
      'server.address': 'api.example.com',
    })
    expect(span?.attributes).not.toHaveProperty('gen_ai.usage.input_tokens')
  })

  it('failed in the middle: the time to the first chunk stays', async () => {
    const { chat, clock } = traced({ headersMs: 20, steps: [{ text: 'a' }, { waitMs: 10 }, { reset: true }] })
    await clock.runUntil(collect(chat(request)))
    expect(otel.own).toMatchObject([
      { endTime: time(30), attributes: { 'error.type': 'network', 'gen_ai.response.time_to_first_chunk': 0.02 } },
    ])
  })

  it('aborted by its caller', async () => {
    const { chat, clock } = traced([{ text: 'a' }, { stall: true }])
    const controller = new AbortController()
    const reading = collect(chat(request, { signal: controller.signal }))
    await clock.advance(80)
    controller.abort()
    await reading
    expect(otel.own).toMatchObject([
      {
        endTime: time(80),
        status: { code: SpanStatusCode.ERROR, message: 'the call was aborted by its signal' },
        attributes: {
          'error.type': 'AbortError',
          'cepa.ending': 'aborted',
          'gen_ai.response.finish_reasons': ['error'],
        },
      },
    ])
  })

  it('aborted by the deadline of its caller', async () => {
    const { chat, clock } = traced(slow)
    await clock.runUntil(collect(chat(request, { deadlineMs: 15 })))
    expect(otel.own).toMatchObject([
      { endTime: time(15), attributes: { 'error.type': 'timeout', 'cepa.ending': 'aborted' } },
    ])
  })

  it('abandoned: no failure, but the reason never came', async () => {
    const { chat, clock } = traced(slow)
    const leaving = async () => {
      const reply = await chat(request)
      for await (const event of reply) if (event.type === 'text') break
    }
    await clock.runUntil(leaving())
    expect(otel.own).toMatchObject([
      {
        status: { code: SpanStatusCode.UNSET },
        attributes: { 'cepa.ending': 'abandoned', 'gen_ai.response.finish_reasons': ['error'] },
      },
    ])
    expect(otel.own[0]?.attributes).not.toHaveProperty('error.type')
  })

  it('cancelled with a reason', async () => {
    const { chat } = traced('one')
    await (await chat(request)).cancel('the user closed the window of a@b.example')
    expect(otel.own[0]?.attributes).toMatchObject({
      'cepa.ending': 'abandoned',
      'cepa.abandon.reason': 'the user closed the window of [redacted]',
    })
  })

  it('never read', async () => {
    const { chat, clock } = traced('one')
    const reply = await chat(request)
    await clock.advance(60_000)
    expect(otel.own).toMatchObject([
      { status: { code: SpanStatusCode.UNSET }, attributes: { 'cepa.ending': 'unread' }, endTime: time(60_000) },
    ])
    await reply.cancel()
    expect(otel.own).toHaveLength(1)
  })

  it('refused by a layer inside, before anything was sent', async () => {
    const guard = middleware({ name: 'guard', handle: () => Promise.reject(new TypeError('no')) })
    const { chat } = traced('one', { inside: [guard] })
    await outcomeOf(chat.complete(request))
    expect(otel.own).toMatchObject([{ attributes: { 'error.type': 'TypeError' }, status: { message: 'no' } }])
  })
})

describe('several attempts', () => {
  it('are children made of their times; usage stands on the call alone', async () => {
    const script = inTurn(
      { headersMs: 30, failure: { status: 503 }, attempt: { ...at, bytesSent: 200 } },
      {
        headersMs: 10,
        everyMs: 5,
        text: 'one two',
        inputTokens: 9,
        attempt: { ...at, bytesSent: 200, wireBytesReceived: 80 },
      },
    )
    const { chat, clock } = traced(script, {
      inside: [retry({ minDelayMs: 100, maxDelayMs: 100, jitter: 'none' } as never)],
    })
    await clock.runUntil(collect(chat(request)))
    const call = otel.named('chat m-1')
    const attempts = otel.childrenOf(call)
    expect(call.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 9,
      'gen_ai.usage.output_tokens': 2,
      'cepa.retry.count': 1,
    })
    expect(call.attributes).not.toHaveProperty('error.type')
    expect(call.status.code).toBe(SpanStatusCode.UNSET)
    expect(attempts.map(({ name, kind, status, attributes }) => ({ name, kind, status, attributes }))).toEqual([
      {
        name: 'attempt m-1',
        kind: SpanKind.INTERNAL,
        status: { code: SpanStatusCode.ERROR, message: expect.any(String) },
        attributes: {
          'cepa.attempt.index': 0,
          'cepa.attempt.provider': 'openai',
          'cepa.attempt.model': 'm-1',
          'cepa.attempt.won': false,
          'cepa.attempt.ending': 'failed',
          'cepa.provider.request_id': 'req_1',
          'server.address': 'api.example.com',
          'server.port': 443,
          'http.response.status_code': 503,
          'http.request.body.size': 200,
          'error.type': '503',
        },
      },
      {
        name: 'attempt m-1',
        kind: SpanKind.INTERNAL,
        status: { code: SpanStatusCode.UNSET },
        attributes: {
          'cepa.attempt.index': 1,
          'cepa.attempt.provider': 'openai',
          'cepa.attempt.model': 'm-1',
          'cepa.attempt.won': true,
          'cepa.attempt.ending': 'done',
          'cepa.provider.request_id': 'req_1',
          'server.address': 'api.example.com',
          'server.port': 443,
          'http.response.status_code': 200,
          'http.request.resend_count': 1,
          'http.request.body.size': 200,
          'http.response.body.size': 80,
        },
      },
    ])
    const [first, second] = attempts
    expect([first?.startTime, first?.endTime, second?.startTime]).toEqual([time(0), time(30), time(130)])
    expect(second?.endTime).toEqual(call.endTime)
  })

  it('spend what all of them spent', async () => {
    const again = middleware({
      name: 'again',
      traits: { repeats: true },
      handle: async (call, next) => {
        const lost = await next(call)
        await lost.peek((event) => event.type === 'usage')
        await lost.cancel()
        return next(call)
      },
    })
    const script = inTurn(
      [{ usage: { inputTokens: 20, outputTokens: 1 } }, { text: 'a' }],
      [{ text: 'b' }, { end: 'stop', usage: { inputTokens: 20, outputTokens: 5 } }],
    )
    const { chat } = traced(script, { inside: [again] })
    await collect(chat(request))
    const [call, ...others] = [...otel.own].sort((a, b) => a.name.localeCompare(b.name)).reverse()
    expect(call?.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 40,
      'gen_ai.usage.output_tokens': 6,
      'cepa.usage.source': 'partial',
    })
    expect(others).toHaveLength(2)
    for (const { attributes } of others)
      expect(Object.keys(attributes).filter((name) => name.startsWith('gen_ai.'))).toEqual([])
  })

  it('one attempt has no span of its own', async () => {
    const { chat } = traced('one')
    await chat.complete(request)
    expect(otel.own.map(({ name }) => name)).toEqual(['chat m-1'])
  })
})

describe('a cache', () => {
  it('shows hits, and no tokens as spent', async () => {
    const { chat, adapter } = traced(
      { text: 'one two', inputTokens: 9 },
      { inside: [cache({ scope: () => 'all' } as never)] },
    )
    await chat.complete(request)
    await chat.complete(request)
    const [miss, hit] = otel.own
    expect(adapter.ledger).toHaveLength(1)
    expect(miss?.attributes).toMatchObject({
      'cepa.cache.hit': false,
      'cepa.cache.outcome': 'miss',
      'gen_ai.usage.input_tokens': 9,
    })
    expect(hit?.attributes).toMatchObject({
      'cepa.cache.hit': true,
      'cepa.cache.outcome': 'hit',
      'cepa.cache.key_hash': expect.stringMatching(/^[\da-f]{16,}/),
      'cepa.cache.age_ms': 0,
      'cepa.cache.saved.input_tokens': 9,
      'cepa.cache.saved.output_tokens': 2,
      'gen_ai.response.finish_reasons': ['stop'],
    })
    expect(Object.keys(hit?.attributes ?? {}).filter((name) => name.startsWith('gen_ai.usage'))).toEqual([])
  })
})

describe('a detached call', () => {
  it('has a root span of its own, linked to the span that it came from', async () => {
    const detacher = middleware({
      name: 'detacher',
      async handle(call, next) {
        const apart = call.detach('revalidate')
        void next(apart).then((reply) => reply.result())
        return next(call)
      },
    })
    const { chat, clock } = traced(
      ({ index }) => ({ headersMs: index === 0 ? 500 : 10, text: 'one', inputTokens: 7 }),
      { inside: [detacher] },
    )
    await clock.runUntil(chat.complete(request))
    expect(otel.own).toHaveLength(1)
    await clock.advance(1000)
    const [call, apart] = otel.own
    expect(apart).toMatchObject({
      name: 'chat m-1',
      kind: SpanKind.CLIENT,
      parentSpanContext: undefined,
      startTime: time(0),
      endTime: time(500),
      attributes: {
        'cepa.detached.reason': 'revalidate',
        'cepa.detached.call_id': call?.attributes['cepa.call.id'],
        'gen_ai.usage.input_tokens': 7,
        'cepa.ending': 'done',
      },
    })
    expect(apart?.links).toEqual([{ context: expect.objectContaining({ spanId: call?.spanContext().spanId }) }])
    expect(apart?.spanContext().traceId).not.toBe(call?.spanContext().traceId)
    expect(call?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 7 })
  })
})

describe('the fact trace', () => {
  const seen = () => {
    const traces: unknown[] = []
    return {
      traces,
      layer: middleware({
        name: 'seen',
        reads: [traceFact.optional],
        end: (call) => void traces.push(call.facts.trace),
      }),
    }
  }

  it('has the ids of the span, and says that the span is made', async () => {
    const { traces, layer } = seen()
    const { chat } = traced('one', { inside: [layer] })
    await chat.complete(request, {
      parent: {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        tracestate: 'a=1',
        baggage: 'k=v',
      },
    })
    const [span] = otel.own
    expect(span?.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true })
    expect(traces).toEqual([
      {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: span?.spanContext().spanId,
        parentSpanId: 'b7ad6b7169203331',
        sampled: true,
        random: false,
        traceState: 'a=1',
        baggage: 'k=v',
        hasSpan: true,
        callId: span?.attributes['cepa.call.id'],
        ofDetached: expect.any(Function),
      },
    ])
  })
})
