import { type AnyMiddleware, type CallRecord, middleware, pipeline } from '@cepa/core'
import { telemetry } from '@cepa/middleware-telemetry'
import { tracing } from '@cepa/opentelemetry'
import { fakeProvider, inTurn } from '@cepa/testing'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { exporting } from '../test/exporting.ts'
import { logsOf, plain, spansOf } from '../test/read.ts'
import { receiver } from '../test/receiver.ts'

const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] } as const

/** A stack that sends the spans of an SDK and the telemetry of OTLP to collectors of their own. */
async function traced(...inside: readonly AnyMiddleware[]) {
  const collector = await receiver()
  const exporter = new InMemorySpanExporter()
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('app')
  const watch = telemetry({ exporters: [exporting({ endpoint: collector.url, metrics: false })] })
  const provider = fakeProvider(inTurn('Hello', { failure: { kind: 'server', status: 500 } }), { name: 'openai' })
  const chat = pipeline({ adapter: provider, layers: [tracing({ tracer }), watch, ...inside] as never })
  const made = () => exporter.getFinishedSpans()
  return { chat, watch, collector, made }
}

test('tracing() makes the spans, this the log records in their context', async () => {
  const { chat, watch, collector, made } = await traced()
  await chat.complete(request)
  await expect(chat.complete(request)).rejects.toThrow()
  expect(await watch.close()).toBe(true)
  expect(made()).toHaveLength(2)
  expect(spansOf(collector.of('traces'))).toEqual([])
  const [log, ...more] = logsOf(collector.of('logs'))
  expect(more).toEqual([])
  expect(plain(log?.attributes['exception.type'])).toBe('ProviderError')
  expect([log?.traceId, log?.spanId]).toEqual(
    made()
      .filter(({ attributes }) => attributes['error.type'] === '500')
      .flatMap((span) => [span.spanContext().traceId, span.spanContext().spanId]),
  )
})

test('usage stands on one span for a call that outlived its caller too', async () => {
  let refreshed: Promise<unknown> = Promise.resolve()
  const refreshing = middleware({
    name: 'refreshing',
    traits: { repeats: true },
    handle(call, next) {
      refreshed = next(call.detach('refresh')).then((reply) => reply.result())
      return next(call)
    },
  })
  const { chat, watch, collector, made } = await traced(refreshing)
  const detached: CallRecord[] = []
  watch.subscribe({ detached: { exists: true } }, (record) => detached.push(record))
  await chat.complete(request).catch(() => undefined)
  await refreshed.catch(() => undefined)
  expect(await watch.close()).toBe(true)
  expect(made().filter(({ attributes }) => 'gen_ai.usage.output_tokens' in attributes)).toHaveLength(1)
  // its span is a root of its own, linked to the span of the call that made it; the record has its ids
  const [own, root] = made().toSorted((one, other) => one.links.length - other.links.length)
  const { traceId, spanId } = own?.spanContext() ?? {}
  expect(root?.links.map(({ context }) => context)).toEqual([expect.objectContaining({ traceId, spanId })])
  const { traceId: rootTraceId, spanId: rootSpanId } = root?.spanContext() ?? {}
  expect(detached.map(({ trace }) => trace)).toEqual([
    { traceId: rootTraceId, spanId: rootSpanId, sampled: true, hasSpan: true },
  ])
  expect(detached.map(({ id }) => id)).toEqual([root?.attributes['cepa.call.id']])
  expect(made()).toHaveLength(2)
  expect(spansOf(collector.of('traces'))).toEqual([])
})
