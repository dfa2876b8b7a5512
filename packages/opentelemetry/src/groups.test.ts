import { pipeline } from '@cepa/core'
import { group, telemetry } from '@cepa/middleware-telemetry'
import { groupScope } from '@cepa/middleware-telemetry/node'
import { fakeProvider, inTurn, memoryExporter, outcomeOf, telemetryFindings } from '@cepa/testing'
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  ParentBasedSampler,
  type ReadableSpan,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { type TracingOptions, tracing } from './index.ts'

const otel = sdk()
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const app = () => trace.getTracer('app')
const spanIdOf = (span: ReadableSpan) => span.spanContext().spanId
const traceIdsOf = (spans: readonly ReadableSpan[]) => new Set(spans.map((span) => span.spanContext().traceId))

function stack(options: TracingOptions = {}) {
  const exporter = memoryExporter()
  const scope = groupScope()
  const watch = telemetry({ exporters: [exporter], scope })
  const layers = [tracing(options), watch] as const
  const chat = pipeline({ adapter: fakeProvider('one'), layers, report: () => undefined })
  return { chat, exporter, scope, watch }
}

/** Every span stands in one that was made, or in none. */
const withoutParent = () => {
  const made = new Set(otel.spans.map(spanIdOf))
  return otel.spans.filter(({ parentSpanContext: parent }) => parent !== undefined && !made.has(parent.spanId))
}

describe('a group of calls through tracing()', () => {
  it('has a span, in which those of its calls stand', async () => {
    const { chat, exporter, watch } = stack()
    const run = group('agent run', { attributes: { user: 'u7' } })
    await chat.complete(request, { parent: run })
    await chat.complete(request, { parent: run })
    const record = run.end()
    await watch.flush()
    const span = otel.named('agent run')
    expect(span.kind).toBe(SpanKind.INTERNAL)
    expect(span.attributes).toMatchObject({
      'cepa.group.id': run.id,
      'cepa.group.name': 'agent run',
      'cepa.attribute.user': 'u7',
      'cepa.group.calls': 2,
      'cepa.group.endings.done': 2,
      'cepa.group.output_tokens': 2,
    })
    expect(otel.childrenOf(span).map(({ name }) => name)).toEqual(['chat m', 'chat m'])
    expect(withoutParent()).toEqual([])
    expect(record.trace).toEqual({ ...run.trace, sampled: true, hasSpan: true, random: undefined })
    expect(run.trace.spanId).toBe(spanIdOf(span))
    expect(exporter.groups).toEqual([record])
    expect(telemetryFindings(exporter.items)).toEqual([])
    // the conventions' names are the calls' alone
    expect(Object.keys(span.attributes).filter((name) => name.startsWith('gen_ai.'))).toEqual([])
  })

  it('without telemetry() has one too', async () => {
    const run = group('agent run')
    await pipeline(fakeProvider('one'), tracing()).complete(request, { parent: run })
    run.end()
    expect(otel.childrenOf(otel.named('agent run'))).toHaveLength(1)
  })

  it('is sampled by the SDK, and so are its calls', async () => {
    const none = new TracerProvider({ sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) }) })
    const half = new TracerProvider({ sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(1) }) })
    for (const [provider, sampled] of [
      [none, false],
      [half, true],
    ] as const) {
      const { chat, exporter, watch } = stack({ tracer: provider.getTracer('app') })
      const run = group('run')
      await chat.complete(request, { parent: run })
      run.end()
      await watch.flush()
      expect(run.trace.sampled).toBe(sampled)
      expect(exporter.records.map(({ trace: place }) => place?.sampled)).toEqual([sampled])
      expect(exporter.groups.map(({ trace: place }) => place.sampled)).toEqual([sampled])
    }
  })

  it('stands in the span that is active, and nests', async () => {
    const { chat } = stack()
    const outer = group('batch')
    const inner = outer.group('item')
    await app().startActiveSpan('GET /ask', async (span) => {
      await chat.complete(request, { parent: inner })
      await chat.complete(request, { parent: outer })
      span.end()
    })
    inner.end()
    outer.end()
    const names = (name: string) => otel.childrenOf(otel.named(name)).map((span) => span.name)
    expect(names('GET /ask')).toEqual(['batch'])
    expect(names('batch').toSorted()).toEqual(['chat m', 'item'])
    expect(names('item')).toEqual(['chat m'])
    expect(otel.named('item').attributes['cepa.group.parent_id']).toBe(outer.id)
  })

  it('stands in what it was said to be part of', async () => {
    const { chat } = stack()
    const incoming = group('far', {
      parent: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    })
    await chat.complete(request, { parent: incoming })
    incoming.end()
    expect(otel.named('far').parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true })
    const span = app().startSpan('mine')
    const near = group('near', { parent: span })
    await chat.complete(request, { parent: near })
    near.end()
    expect(otel.named('near').parentSpanContext?.spanId).toBe(span.spanContext().spanId)
  })

  it('that failed says so, without secrets, cut or whole', async () => {
    const { chat } = stack({ redact: { patterns: [/\bACME-\d{6}\b/] } })
    for (const [name, message] of [
      ['short', 'no ACME-123456'],
      ['long', `${'x'.repeat(985)} ACME-123456 and more`],
    ] as const) {
      const run = group(name)
      await chat.complete(request, { parent: run })
      run.end(new TypeError(message))
      const { status, attributes } = otel.named(name)
      expect(status.code).toBe(SpanStatusCode.ERROR)
      expect(status.message).not.toContain('ACME-')
      expect(attributes['error.type']).toBe('TypeError')
    }
  })

  it('whose place was asked for before any call keeps that, and has no span here', async () => {
    const { chat, exporter, watch } = stack()
    const run = group('run')
    const { traceId, spanId } = run.trace
    await chat.complete(request, { parent: run })
    run.end()
    await watch.flush()
    expect(otel.named('chat m').parentSpanContext).toMatchObject({ traceId, spanId })
    expect(otel.spans).toHaveLength(1)
    // others make it of the record
    expect(exporter.groups[0]?.trace).not.toHaveProperty('hasSpan')
  })

  it('has calls that no tracing() sees, whose spans others make', async () => {
    const { chat, exporter, scope, watch } = stack()
    const run = group('run')
    await chat.complete(request, { parent: run })
    await pipeline(fakeProvider('one'), telemetry({ exporters: [exporter], scope })).complete(request, { parent: run })
    run.end()
    await watch.flush()
    await expect.poll(() => exporter.records.length).toBe(2)
    const { traceId, spanId } = run.trace
    expect(exporter.records.map(({ trace: place }) => place)).toMatchObject([
      { traceId, parentSpanId: spanId, hasSpan: true },
      { traceId, parentSpanId: spanId },
    ])
    expect(exporter.records[1]?.trace).not.toHaveProperty('hasSpan')
  })

  it('without an SDK has ids of its own', async () => {
    trace.disable()
    const { chat, exporter, watch } = stack()
    const run = group('run')
    await chat.complete(request, { parent: run })
    run.end()
    await watch.flush()
    expect(exporter.groups[0]?.trace).not.toHaveProperty('hasSpan')
    expect(exporter.records[0]?.trace?.parentSpanId).toBe(run.trace.spanId)
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  it('that ends late, or never, or with an SDK that is broken, hurts nobody', async () => {
    const broken = () => {
      throw new Error('no exporter')
    }
    const good = otel.provider.getTracer('app')
    const startSpan: typeof good.startSpan = (...args) => Object.assign(good.startSpan(...args), { end: broken })
    const { chat } = stack({ tracer: { startSpan, startActiveSpan: good.startActiveSpan.bind(good) } })
    const run = group('run')
    await chat.complete(request, { parent: run })
    expect(run.end().calls).toBe(1)
    await chat.complete(request, { parent: run })
    const refusing = stack({ tracer: { startSpan: broken, startActiveSpan: broken } })
    const other = group('other')
    await refusing.chat.complete(request, { parent: other })
    expect(other.end().calls).toBe(1)
  })
})

describe('a scope of groups', () => {
  it('is found through telemetry(): its span is active within, and stands in the active one', async () => {
    const { chat, exporter, scope, watch } = stack()
    await app().startActiveSpan('GET /ask', async (span) => {
      await scope.run('agent run', async () => {
        await chat.complete(request)
        await app().startActiveSpan('step', async (step) => {
          await chat.complete(request)
          await scope.run('inner', () => chat.complete(request))
          step.end()
        })
      })
      span.end()
    })
    await watch.flush()
    const names = (name: string) =>
      otel
        .childrenOf(otel.named(name))
        .map((span) => span.name)
        .toSorted()
    expect(names('GET /ask')).toEqual(['agent run'])
    expect(names('agent run')).toEqual(['chat m', 'inner', 'step'])
    expect(names('step')).toEqual(['chat m'])
    expect(names('inner')).toEqual(['chat m'])
    expect(traceIdsOf(otel.spans).size).toBe(1)
    expect(exporter.groups.map(({ name, calls }) => [name, calls])).toEqual([
      ['inner', 1],
      ['agent run', 3],
    ])
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  it('is found in a nested pipeline', async () => {
    const scope = groupScope()
    const inner = pipeline(fakeProvider('one'), telemetry({ scope }))
    const ask = pipeline(inner, tracing())
    await scope.run('run', () => ask.complete(request))
    expect(otel.childrenOf(otel.named('run')).map(({ name }) => name)).toEqual(['chat m'])
  })

  it('ends its group’s span however the work ends', async () => {
    const { chat, scope } = stack()
    const work = scope.run('run', async () => {
      await chat.complete(request)
      throw new RangeError('gave up')
    })
    await expect(work).rejects.toThrow('gave up')
    expect(otel.named('run')).toMatchObject({ status: { code: SpanStatusCode.ERROR, message: 'gave up' } })
    expect(() =>
      scope.run('at once', () => {
        throw new RangeError('no')
      }),
    ).toThrow('no')
    expect(otel.named('at once').status.code).toBe(SpanStatusCode.ERROR)
  })

  it('stands with what is retried and fails in it in one trace', async () => {
    const { exporter, scope, watch } = stack()
    const chat = pipeline(fakeProvider(inTurn({ failure: { status: 400 } }, 'one')), tracing(), watch)
    await scope.run('run', async () => {
      await outcomeOf(chat.complete(request))
      await chat.complete(request)
    })
    await watch.flush()
    expect(traceIdsOf(otel.spans).size).toBe(1)
    expect(telemetryFindings(exporter.items)).toEqual([])
  })
})
