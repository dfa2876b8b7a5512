import type { RecordedError, RecordedTrace } from '@cepa/core'
import type { Attributes } from '@cepa/core/semantic-conventions'
import { createTraceState, type SpanContext, type SpanKind, type SpanStatus, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { hrTimeOf } from '../hr-time.ts'
import type { Origin } from '../origin.ts'

/** What a finished span is made of. */
export interface SpanParts {
  readonly name: string
  readonly kind: SpanKind
  readonly trace: Pick<RecordedTrace, 'traceId' | 'spanId' | 'parentSpanId' | 'sampled' | 'traceState'>
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  readonly durationMs: number
  readonly attributes: Attributes
  readonly error?: RecordedError | undefined
}

/** A place in a trace as OpenTelemetry has it. */
export function spanContextOf({ traceId, spanId, sampled, traceState }: SpanParts['trace']): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: sampled ? 1 : 0,
    ...(traceState !== undefined && { traceState: createTraceState(traceState) }),
  }
}

/**
 * Nobody but the application says that all is well: without an error the status stays unset.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/general/recording-errors/
 */
const statusOf = (error: RecordedError | undefined): SpanStatus =>
  error === undefined
    ? { code: SpanStatusCode.UNSET }
    : { code: SpanStatusCode.ERROR, ...(error.message !== '' && { message: error.message }) }

/** A span that has ended, as OpenTelemetry's encoders take it. */
export function spanOf(parts: SpanParts, { resource, scope }: Origin): ReadableSpan {
  const { name, kind, trace, startedAtMs, durationMs, attributes, error } = parts
  const { parentSpanId } = trace
  const spanContext = spanContextOf(trace)
  return {
    name,
    kind,
    spanContext: () => spanContext,
    ...(parentSpanId !== undefined && { parentSpanContext: { ...spanContext, spanId: parentSpanId } }),
    startTime: hrTimeOf(startedAtMs),
    endTime: hrTimeOf(startedAtMs + durationMs),
    duration: hrTimeOf(durationMs),
    status: statusOf(error),
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}
