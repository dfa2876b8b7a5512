import type { CallRecord, RecordedAttempt, RecordedTrace } from '@cepa/core'
import type { Attributes } from '@cepa/core/semantic-conventions'
import {
  attemptAttributes,
  attemptNameOf,
  requestModelOf,
  spanNameOf,
  type Wording,
} from '@cepa/core/semantic-conventions'
import { SpanKind } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Origin } from '../origin.ts'
import { spanOf } from './span.ts'

/** How spans are worded, and who tells them. */
export interface SpanRules {
  readonly wording: Wording
  readonly origin: Origin
}

/** A record whose span is to be made here. */
type Traced = CallRecord & { readonly trace: RecordedTrace }

/** Whether a record's span is made here: it has a place in a trace, and `tracing()` has made none for it. */
export const needsSpan = (record: CallRecord): record is Traced =>
  record.trace !== undefined && record.trace.hasSpan !== true

/** A span within the call's, made afterwards from the attempt's times. */
function attemptSpan(
  attempt: RecordedAttempt & { readonly spanId: string },
  record: Traced,
  rules: SpanRules,
): ReadableSpan {
  const { wording, origin } = rules
  const { spanId, startMs, error } = attempt
  return spanOf(
    {
      name: attemptNameOf(attempt, wording),
      kind: SpanKind.INTERNAL,
      trace: { ...record.trace, spanId, parentSpanId: record.trace.spanId },
      startedAtMs: record.startedAtMs + startMs,
      // one that still runs when its call has ended is told up to there
      durationMs: attempt.durationMs ?? Math.max(0, record.durations.totalMs - startMs),
      attributes: attemptAttributes(attempt, record.attempts, wording),
      error,
    },
    origin,
  )
}

const hasSpanId = (attempt: RecordedAttempt): attempt is RecordedAttempt & { readonly spanId: string } =>
  attempt.spanId !== undefined

/**
 * The spans of a call: its own, of kind `CLIENT`, and where there was more than one attempt those of the attempts within it.
 *
 * @param attributes of the call's span.
 */
export function callSpans(record: Traced, attributes: Attributes, rules: SpanRules): readonly ReadableSpan[] {
  const { trace, startedAtMs, durations, attempts, error } = record
  const { wording, origin } = rules
  const name = spanNameOf({ ...record, model: requestModelOf(record) }, wording)
  const own = spanOf(
    { name, kind: SpanKind.CLIENT, trace, startedAtMs, durationMs: durations.totalMs, attributes, error },
    origin,
  )
  if (attempts.length < 2) return [own]
  return [own, ...attempts.filter(hasSpanId).map((attempt) => attemptSpan(attempt, record, rules))]
}
