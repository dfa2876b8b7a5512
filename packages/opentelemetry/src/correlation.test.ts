import { detachedEndNote, type LogFields, type Logger, middleware, pipeline, requestIdFact } from '@cepa/core'
import { logging } from '@cepa/middleware-logging'
import { retry } from '@cepa/middleware-retry'
import { telemetry } from '@cepa/middleware-telemetry'
import { fakeProvider, inTurn, memoryExporter, telemetryFindings } from '@cepa/testing'
import { trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { tracing } from './index.ts'

const otel = sdk()
const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

const ids = (prefix: string) => {
  let number = 0
  return middleware({
    name: 'ids',
    gives: [requestIdFact],
    provide: (call) => call.give(requestIdFact, `${prefix}-${++number}`),
  })
}

/** Makes every call again in the background. */
const refreshing = () => {
  const refreshed: Promise<unknown>[] = []
  const layer = middleware({
    name: 'refreshing',
    traits: { repeats: true },
    handle(call, next) {
      refreshed.push(next(call.detach('refresh')).then((reply) => reply.result()))
      return next(call)
    },
  })
  return { refreshed, layer }
}

/** A stack that tells of its calls in every way that there is. */
function told(script: Parameters<typeof fakeProvider>[0]) {
  const lines: LogFields[] = []
  const logger: Logger = { log: (_level, _message, fields) => void lines.push(fields) }
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter] })
  const { refreshed, layer } = refreshing()
  const chat = pipeline({
    adapter: fakeProvider(script),
    layers: [
      ids('req'),
      tracing(),
      watch,
      logging({ logger, level: 'debug' }),
      layer,
      retry({ minDelayMs: 1 }),
    ] as never,
  })
  return { chat, exporter, lines, refreshed, watch }
}

const spanFor = (spanId: unknown): ReadableSpan => {
  const found = otel.own.find((span) => span.spanContext().spanId === spanId)
  if (found) return found
  throw new Error(`no span ${spanId}`)
}

describe('the ids of a call are the same wherever it is told of', () => {
  it('on spans, records, notes and log lines, also of what was detached from it', async () => {
    const { chat, exporter, lines, refreshed, watch } = told(
      inTurn({ failure: { status: 503 } }, 'one', 'two', 'three'),
    )
    await chat.complete(request)
    await chat.complete(request)
    await Promise.all(refreshed)
    await watch.flush()
    expect(exporter.records).toHaveLength(4)
    for (const record of exporter.records) {
      const { spanId, traceId } = record.trace ?? {}
      const span = spanFor(spanId)
      expect(span.spanContext().traceId).toBe(traceId)
      expect(span.attributes).toMatchObject({ 'cepa.call.id': record.id, 'cepa.request.id': record.requestId })
      expect(span.attributes['cepa.detached.call_id']).toBe(record.detached?.parentId)
      const own = lines.filter((line) => line.spanId === spanId)
      expect(own.length).toBeGreaterThan(0)
      for (const line of own) expect(line).toMatchObject({ traceId, requestId: record.requestId })
      const notes = exporter.notes.filter(({ callId }) => callId === record.id)
      for (const note of notes) expect(note).toMatchObject({ traceId, spanId, requestId: record.requestId })
    }
    const known = new Set(exporter.records.map(({ trace: place }) => place?.spanId))
    expect(lines.filter(({ spanId }) => !known.has(spanId as string))).toEqual([])
    expect(exporter.notes.some(({ name }) => name === detachedEndNote.name)).toBe(true)
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  it('and no record names a span that there is not', async () => {
    const { chat, exporter, refreshed, watch } = told(
      inTurn({ failure: { status: 503 } }, { failure: { status: 503 } }, 'a'),
    )
    await chat.complete(request)
    await Promise.all(refreshed)
    await watch.flush()
    const made = new Set(otel.spans.map((span) => span.spanContext().spanId))
    expect(exporter.records.some(({ attempts }) => attempts.length > 1)).toBe(true)
    for (const { trace: place, attempts } of exporter.records) {
      expect(made).toContain(place?.spanId)
      for (const { spanId } of attempts) if (spanId !== undefined) expect(made).toContain(spanId)
    }
  })

  it('without an SDK too, by ids of telemetry’s own', async () => {
    trace.disable()
    const { chat, exporter, lines, refreshed, watch } = told(inTurn({ failure: { status: 503 } }, 'one', 'two'))
    await chat.complete(request)
    await Promise.all(refreshed)
    await watch.flush()
    expect(exporter.records).toHaveLength(2)
    for (const record of exporter.records) {
      const { traceId, spanId } = record.trace ?? {}
      const own = lines.filter((line) => line.spanId === spanId)
      expect(own.length).toBeGreaterThan(0)
      for (const line of own) expect(line).toMatchObject({ traceId, requestId: record.requestId })
    }
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  it('and a call that is made again further out has a record of its own each time', async () => {
    const exporter = memoryExporter()
    const watch = telemetry({ exporters: [exporter] })
    const again = middleware({
      name: 'again',
      traits: { repeats: true },
      handle: (call, next) => next(call).catch(() => next(call)),
    })
    const inner = pipeline(fakeProvider(inTurn({ failure: { status: 503 } }, 'one')), watch)
    await pipeline(inner, tracing(), again as never).complete(request)
    await watch.flush()
    expect(exporter.records).toHaveLength(2)
    expect(new Set(exporter.records.map(({ id }) => id)).size).toBe(2)
  })
})
