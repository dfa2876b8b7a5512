import { pipeline } from '@cepa/core'
import { group, telemetry } from '@cepa/middleware-telemetry'
import { fakeProvider, memoryExporter, toHaveSpan } from '@cepa/testing'
import { trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { tracing } from './index.ts'

const otel = sdk()
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

it('records have the ids of the span, and say that it has been made', async () => {
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter] })
  await pipeline(fakeProvider('one'), tracing(), watch).complete(request)
  await watch.close()
  const { traceId, spanId } = otel.named('chat m').spanContext()
  expect(exporter.records.map(({ trace }) => trace)).toMatchObject([{ traceId, spanId, sampled: true, hasSpan: true }])
})

it('the matcher for spans takes those of the SDK', async () => {
  await pipeline(fakeProvider('one', { name: 'openai' }), tracing()).complete(request)
  const attributes = { 'gen_ai.provider.name': 'openai', 'gen_ai.usage.output_tokens': 1 }
  expect(toHaveSpan(otel.spans, { name: 'chat m', kind: 2, parentSpanId: undefined, attributes }).pass).toBe(true)
  expect(toHaveSpan(otel.spans, { attributes: { 'gen_ai.usage.output_tokens': 2 } }).pass).toBe(false)
})

it('calls of a group are made in its trace', async () => {
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter] })
  const run = group('agent run')
  await pipeline(fakeProvider('one'), tracing(), watch).complete(request, { parent: run })
  expect(otel.named('chat m').parentSpanContext).toMatchObject({
    ...{ traceId: run.trace.traceId, spanId: run.trace.spanId },
    isRemote: false,
  })
  await watch.close()
})

it('without an SDK records have ids of their own, and the span is theirs to make', async () => {
  trace.disable()
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter] })
  await pipeline(fakeProvider('one'), tracing(), watch).complete(request)
  await watch.close()
  expect(exporter.last.trace?.spanId).toMatch(/^[\da-f]{16}$/)
  expect(exporter.last.trace).not.toHaveProperty('hasSpan')
})
