import { openai } from '@cepa/adapter-openai'
import { type AnyMiddleware, type CallTrace, middleware, pipeline, route, StackError, traceFact } from '@cepa/core'
import { retry } from '@cepa/middleware-retry'
import { collect, fakeProvider, inTurn, outcomeOf } from '@cepa/testing'
import { fakeServer } from '@cepa/testing/node'
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { AlwaysOffSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace'
import { afterEach, describe, expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { metering, tracing } from './index.ts'

const otel = sdk()
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const spanIdOf = (span: { spanContext(): { spanId: string } } | undefined) => span?.spanContext().spanId

/** A layer that makes a span of its own around what is inside. */
const own = (name: string): AnyMiddleware =>
  middleware({
    name,
    handle: (call, next) =>
      trace.getTracer('app').startActiveSpan(name, async (span) => {
        try {
          return await next(call)
        } finally {
          span.end()
        }
      }),
  })

/** A layer that keeps the span that is active in each of its ways in. */
const watcher = () => {
  const seen: Record<string, string | undefined> = {}
  const note = (hook: string) => () => {
    seen[hook] = spanIdOf(trace.getActiveSpan())
  }
  const layer = middleware({
    name: 'watcher',
    provide: note('provide'),
    start: note('start'),
    handle: (call, next) => {
      note('handle')()
      return next(call)
    },
  })
  return { seen, layer }
}

describe('what runs inside runs in the span', () => {
  it('provide, start and handle of the layers, also after a wait', async () => {
    const { seen, layer } = watcher()
    const waiting = middleware({
      name: 'waiting',
      handle: async (call, next) => {
        await new Promise((resolve) => setImmediate(resolve))
        return next(call)
      },
    })
    await pipeline(fakeProvider('one'), tracing(), waiting, layer).complete(request)
    const id = spanIdOf(otel.named('chat m'))
    expect(seen).toEqual({ provide: id, start: id, handle: id })
    expect(trace.getActiveSpan()).toBeUndefined()
  })

  it('spans of layers nest', async () => {
    await pipeline(fakeProvider('one'), tracing(), own('lookup') as never, own('prepare') as never).complete(request)
    const call = otel.named('chat m')
    expect(otel.childrenOf(call).map(({ name }) => name)).toEqual(['lookup'])
    expect(otel.childrenOf(otel.named('lookup')).map(({ name }) => name)).toEqual(['prepare'])
  })

  it('calls at one time do not mix', async () => {
    const chat = pipeline(fakeProvider('one'), tracing(), own('inner') as never)
    await Promise.all(Array.from({ length: 20 }, (_, index) => chat.complete({ ...request, model: `m-${index}` })))
    const calls = otel.own
    expect(calls).toHaveLength(20)
    for (const call of calls) expect(otel.childrenOf(call)).toHaveLength(1)
    expect(new Set(calls.map((span) => span.spanContext().traceId)).size).toBe(20)
  })
})

describe('spans of the application’s own HTTP client', () => {
  const instrumentation = new UndiciInstrumentation()
  afterEach(() => instrumentation.disable())

  it('nest under the call’s, one for each attempt', async () => {
    instrumentation.setTracerProvider(otel.provider)
    instrumentation.enable()
    await using server = await fakeServer(inTurn({ failure: { status: 503 } }, 'one two'))
    const chat = pipeline(
      openai({ apiKey: 'key-1', baseUrl: server.url, fetch: globalThis.fetch as never }),
      tracing(),
      retry({ minDelayMs: 1 }),
    )
    await collect(chat(request))
    const call = otel.named('chat m')
    const children = otel.childrenOf(call)
    const http = children.filter(({ instrumentationScope }) => instrumentationScope.name.includes('undici'))
    expect(http.map(({ kind, attributes }) => [kind, attributes['http.response.status_code']])).toEqual([
      [SpanKind.CLIENT, 503],
      [SpanKind.CLIENT, 200],
    ])
    expect(children.filter(({ name }) => name === 'attempt m')).toHaveLength(2)
    const { hostname, port } = new URL(server.url)
    expect(call.attributes).toMatchObject({ 'server.address': hostname, 'server.port': Number(port) })
    const withUsage = otel.spans.filter(({ attributes }) => 'gen_ai.usage.input_tokens' in attributes)
    expect(withUsage).toEqual([call])
  })
})

describe('what a call is part of', () => {
  const parentOf = async (options: object, active?: Span) => {
    const chat = pipeline(fakeProvider('one'), tracing())
    const around = active ? trace.setSpan(ROOT_CONTEXT, active) : ROOT_CONTEXT
    await context.with(around, () => chat.complete(request, options))
    return otel.own.at(-1)?.parentSpanContext
  }
  const trace1 = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  const traceparent = `00-${trace1.traceId}-${trace1.spanId}-01`

  it('the active span', async () => {
    const span = trace.getTracer('app').startSpan('request')
    expect((await parentOf({}, span))?.spanId).toBe(spanIdOf(span))
  })

  it('the parent that the caller names, over the active span', async () => {
    const active = trace.getTracer('app').startSpan('request')
    const other = trace.getTracer('app').startSpan('other')
    expect((await parentOf({ parent: other }, active))?.spanId).toBe(spanIdOf(other))
    expect(await parentOf({ parent: { traceparent } }, active)).toMatchObject({ ...trace1, isRemote: true })
    expect(await parentOf({ parent: { trace: { ...trace1, sampled: true } } }, active)).toMatchObject({
      ...trace1,
      isRemote: false,
    })
  })

  it('the headers of the call, where nothing is active', async () => {
    expect(await parentOf({ headers: { traceparent } })).toMatchObject(trace1)
    const active = trace.getTracer('app').startSpan('request')
    expect((await parentOf({ headers: { traceparent } }, active))?.spanId).toBe(spanIdOf(active))
    expect(await parentOf({ headers: { accept: 'text/plain' } })).toBeUndefined()
  })

  it('nothing that can be a parent fails the call with the remedy', async () => {
    await expect(pipeline(fakeProvider('one'), tracing()).complete(request, { parent: 7 })).rejects.toThrow(
      'option parent is a number; it must be a group',
    )
    expect(otel.spans).toEqual([])
  })

  it('a parent that is not sampled is not recorded, and says so inward', async () => {
    const traces: (CallTrace | undefined)[] = []
    const seen = middleware({
      name: 'seen',
      reads: [traceFact],
      start: (call): undefined => void traces.push(call.facts.trace),
    })
    const off = new ParentBasedSampler({ root: new AlwaysOffSampler() })
    const tracer = new (otel.provider.constructor as typeof import('@opentelemetry/sdk-trace').TracerProvider)({
      sampler: off,
    }).getTracer('off')
    const { seen: inside, layer } = watcher()
    await pipeline(fakeProvider('one'), tracing({ tracer }), seen, layer).complete(request)
    expect(otel.spans).toEqual([])
    expect(traces).toMatchObject([{ sampled: false, hasSpan: true, spanId: inside.handle }])
  })
})

describe('pipelines within pipelines', () => {
  it('have one span, that of the outermost; a route’s prefix is taken off', async () => {
    const inner = pipeline(fakeProvider('one', { name: 'openai' }), tracing())
    const ask = pipeline(route({ openai: inner }), tracing())
    await ask.complete({ ...request, model: 'openai/gpt-4o' })
    expect(otel.own).toHaveLength(1)
    expect(otel.own[0]).toMatchObject({
      name: 'chat gpt-4o',
      attributes: { 'gen_ai.request.model': 'gpt-4o', 'cepa.request.model': 'openai/gpt-4o' },
    })
  })

  it('the answer of a fallback goes by the provider that gave it', async () => {
    const other = pipeline(fakeProvider('two', { name: 'anthropic' }))
    const instead = middleware({
      name: 'instead',
      traits: { repeats: true },
      handle: (call, next) =>
        next(call).catch(() => next(call.with({ request: { ...call.request, model: 'b/claude' } as never }))),
    })
    const first = fakeProvider({ failure: { status: 500 } }, { name: 'openai' })
    await pipeline(route({ a: first, b: other }), tracing(), instead as never).complete({ ...request, model: 'a/gpt' })
    const call = otel.own.find(({ name }) => name === 'chat gpt')
    expect(call?.attributes).toMatchObject({ 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'gpt' })
    const attempts = otel.childrenOf(call as never)
    expect(attempts.map(({ attributes }) => attributes['cepa.attempt.provider'])).toEqual(['openai', 'anthropic'])
    for (const { attributes } of attempts) expect(attributes).not.toHaveProperty('http.request.resend_count')
  })

  it('where something else has given the trace there is no span, and a word about it', async () => {
    const giver = middleware({
      name: 'giver',
      gives: [traceFact],
      provide: (call) => call.give(traceFact, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }),
      note: (_call, { key, value }) => void told.push([key.name, (value as { message: string }).message]),
    })
    const told: (readonly unknown[])[] = []
    const chat = pipeline(pipeline(fakeProvider('one'), tracing()), giver as never)
    await chat.complete(request)
    await chat.complete(request)
    expect(otel.spans).toEqual([])
    expect(told.filter(([name]) => name === 'log')).toEqual([
      ['log', 'tracing makes no spans here: telemetry stands further out; put tracing outside of it'],
    ])
  })
})

it('the word that there is no span is kept for somebody who listens', async () => {
  const told: unknown[] = []
  const giver = middleware({
    name: 'giver',
    gives: [traceFact],
    provide: (call) => call.give(traceFact, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }),
  })
  const listener = middleware({
    name: 'listener',
    note: (_call, { key }) => void (key.name === 'log' && told.push(key.name)),
  })
  const inner = pipeline(fakeProvider('one'), tracing())
  await pipeline(inner, giver as never).complete(request)
  await pipeline(inner, listener, giver as never).complete(request)
  expect(told).toEqual(['log'])
})

it('metering that stands outside of tracing is refused with an order that works', () => {
  const layers = [metering(), tracing()] as never
  expect(() => pipeline({ adapter: fakeProvider(), layers })).toThrow(StackError)
  expect(() => pipeline({ adapter: fakeProvider(), layers })).toThrow('outermost first: tracing, metering')
})

describe('an SDK that is broken', () => {
  it('does not fail the call, and is told as a fault', async () => {
    const faults: unknown[] = []
    const broken = () => {
      throw new Error('no sampler')
    }
    const chat = pipeline({
      adapter: fakeProvider('one'),
      layers: [tracing({ tracer: { startSpan: broken, startActiveSpan: broken } })],
      report: (fault) => faults.push(fault),
    })
    expect((await chat.complete(request)).text).toBe('one')
    expect(faults).toMatchObject([{ middleware: 'tracing', hook: 'start', error: { message: 'no sampler' } }])
  })
})

describe('the trace on its way to the provider', () => {
  const propagator: TextMapPropagator = {
    fields: () => ['x-trace'],
    inject: (ctx, carrier, setter) => setter.set(carrier, 'x-trace', trace.getSpanContext(ctx)?.spanId ?? 'none'),
    extract: (ctx) => ctx,
  }

  it('is sent by the registered propagator on request, and only then', async () => {
    propagation.setGlobalPropagator(propagator)
    const provider = fakeProvider('one')
    await pipeline(provider, tracing({ propagate: true })).complete(request)
    expect(provider.last.headers).toEqual({ 'x-trace': spanIdOf(otel.named('chat m')) })
    await pipeline(provider, tracing()).complete(request)
    expect(provider.last.headers).toEqual({})
  })

  it('is not, where nothing is registered', async () => {
    const provider = fakeProvider('one')
    await outcomeOf(pipeline(provider, tracing({ propagate: true })).complete(request))
    expect(provider.last.headers).toEqual({})
  })
})
