import { middleware, pipeline, traceFact } from '@cepa/core'
import { retry } from '@cepa/middleware-retry'
import { collect, fakeProvider, inTurn, outcomeOf } from '@cepa/testing'
import { context, metrics, propagation, SpanStatusCode, trace } from 'opentelemetry-api-1-9/api'
import {
  AggregationTemporality,
  AsyncLocalStorageContextManager,
  BasicTracerProvider,
  InMemoryMetricExporter,
  InMemorySpanExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  SimpleSpanProcessor,
} from 'opentelemetry-api-1-9/sdk'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { metering, tracing } from './index.ts'

// what imports the interface here gets version 1.9, as in an application that has it
vi.mock('@opentelemetry/api', () => import('opentelemetry-api-1-9/api'))

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
let spans: InMemorySpanExporter
let exported: InMemoryMetricExporter
let reader: PeriodicExportingMetricReader

beforeEach(() => {
  spans = new InMemorySpanExporter()
  exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 3_600_000 })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
})
afterEach(async () => {
  await reader.shutdown()
  for (const api of [trace, context, metrics, propagation]) api.disable()
})

it('the older interface with an SDK of its time has the same spans', async () => {
  const seen: unknown[] = []
  const inner = middleware({
    name: 'inner',
    reads: [traceFact],
    handle: (call, next) => {
      seen.push(call.facts.trace.spanId)
      return trace.getTracer('app').startActiveSpan('inner', (span) => next(call).finally(() => span.end()))
    },
  })
  const script = inTurn({ failure: { status: 503 } }, { text: 'one two', inputTokens: 5 })
  const chat = pipeline(
    fakeProvider(script, { name: 'openai' }),
    tracing(),
    metering(),
    retry({ minDelayMs: 1 }),
    inner as never,
  )
  await collect(
    chat(request, { parent: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'a=1' } }),
  )
  const finished = spans.getFinishedSpans()
  const call = finished.find(({ name }) => name === 'chat m')
  const callId = call?.spanContext().spanId
  expect(call?.attributes).toMatchObject({
    'gen_ai.provider.name': 'openai',
    'gen_ai.usage.input_tokens': 5,
    'cepa.retry.count': 1,
  })
  expect(call?.parentSpanContext?.spanId).toBe('b'.repeat(16))
  expect(seen).toEqual([callId, callId])
  const children = finished.filter(({ parentSpanContext }) => parentSpanContext?.spanId === callId)
  expect(children.map(({ name }) => name).sort()).toEqual(['attempt m', 'attempt m', 'inner', 'inner'])
})

it('errors close the span', async () => {
  await outcomeOf(pipeline(fakeProvider({ failure: { status: 400 } }), tracing()).complete(request))
  expect(spans.getFinishedSpans()).toMatchObject([
    { status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '400' } },
  ])
})

it('metrics arrive', async () => {
  await collect(pipeline(fakeProvider({ text: 'one two', inputTokens: 5 }), metering())(request))
  await reader.forceFlush()
  const names = exported
    .getMetrics()
    .at(-1)
    ?.scopeMetrics.flatMap(({ metrics: each }) => each.map(({ descriptor }) => descriptor.name))
  expect(names).toEqual([
    'gen_ai.client.operation.duration',
    'gen_ai.client.operation.time_to_first_chunk',
    'gen_ai.client.operation.time_per_output_chunk',
    'gen_ai.client.token.usage',
  ])
})
