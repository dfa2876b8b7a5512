import { type CallTrace, middleware, pipeline, traceFact } from '@cepa/core'
import { collect, fakeProvider, outcomeOf } from '@cepa/testing'
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, expect, it } from 'vitest'
import { metering, tracing } from './index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
afterEach(() => {
  context.disable()
  trace.disable()
})

/** A stack with a layer that keeps the trace that it is given. */
function stack() {
  const traces: (CallTrace | undefined)[] = []
  const faults: unknown[] = []
  const seen = middleware({
    name: 'seen',
    reads: [traceFact.optional],
    start: (call): undefined => void traces.push(call.facts.trace),
  })
  const chat = pipeline({
    adapter: fakeProvider('one two'),
    layers: [tracing(), metering(), seen] as never,
    report: (fault) => faults.push(fault),
  })
  return { chat, traces, faults }
}

it('calls go on, and nothing claims to have made a span', async () => {
  const { chat, traces, faults } = stack()
  expect((await chat.complete(request)).text).toBe('one two')
  expect((await collect(chat(request))).events.at(-1)).toMatchObject({ type: 'end' })
  await outcomeOf(chat.complete(request, { signal: AbortSignal.abort() }))
  expect(traces).toEqual([undefined, undefined])
  expect(faults).toEqual([])
})

it('nor where somebody else’s span is around it', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const around = trace.setSpanContext(ROOT_CONTEXT, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 })
  const { chat, traces } = stack()
  await context.with(around, () => chat.complete(request))
  await chat.complete(request, { parent: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } })
  expect(traces).toEqual([undefined, undefined])
})

it('one that is registered later is found', async () => {
  const { chat, traces } = stack()
  await chat.complete(request)
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  await chat.complete(request)
  const [span] = exporter.getFinishedSpans()
  expect(traces).toMatchObject([undefined, { spanId: span?.spanContext().spanId, hasSpan: true }])
})
