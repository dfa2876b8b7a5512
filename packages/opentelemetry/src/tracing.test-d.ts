import { type Call, type CallTrace, middleware, pipeline, requestIdFact, traceFact } from '@cepa/core'
import { fakeProvider } from '@cepa/testing'
import { logs as newerLogs, type Tracer, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import { expectTypeOf, test } from 'vitest'
import { type EventLogger, metering, type TracingOptions, tracing } from './index.ts'

const request = { model: 'm', messages: [] } as const
const needsTrace = () => middleware({ name: 'needsTrace', reads: [traceFact], start: (call) => call.facts.trace })
const ids = () => middleware({ name: 'ids', gives: [requestIdFact], provide: (call) => call.give(requestIdFact, 'r') })

test('loggers of both packages fit', () => {
  expectTypeOf(logs.getLogger('app')).toExtend<EventLogger>()
  expectTypeOf(newerLogs.getLogger('app')).toExtend<EventLogger>()
  expectTypeOf(trace.getTracer('app')).toExtend<Tracer>()
  expectTypeOf<NonNullable<TracingOptions['attributes']>>().parameter(0).toExtend<Call>()
})

test('what stands further in may need the trace; what stands further out may not', () => {
  pipeline(fakeProvider(), tracing(), needsTrace())
  // @ts-expect-error tracing stands further in
  pipeline(fakeProvider(), needsTrace(), tracing())
  pipeline(fakeProvider(), tracing(), metering())
  // @ts-expect-error metering reads what tracing keeps
  pipeline(fakeProvider(), metering(), tracing())
  // @ts-expect-error the id is given further in
  pipeline(fakeProvider(), tracing(), ids())
  expectTypeOf(needsTrace().reads[0]['~type']).toExtend<((value: CallTrace) => CallTrace) | undefined>()
})

test('per-call options', () => {
  const chat = pipeline(fakeProvider(), tracing(), metering())
  void (() =>
    chat(request, { layers: { tracing: { content: 'span', attributes: { 'gen_ai.conversation.id': 'c' } } } }))
  // @ts-expect-error content is a place
  void (() => chat(request, { layers: { tracing: { content: true } } }))
  // @ts-expect-error others may need its fact
  void (() => chat(request, { layers: { tracing: false } }))
  void (() => chat(request, { layers: { metering: false } }))
})
