import type { CallRecord } from '@cepa/core'
import type { Attributes, Wording } from '@cepa/core/semantic-conventions'
import { type Attributes as AnyAttributes, SeverityNumber } from '@opentelemetry/api'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ContentAttributes } from '../content.ts'
import { hrTimeOf } from '../hr-time.ts'
import type { Origin } from '../origin.ts'
import { spanContextOf } from '../traces/span.ts'

/** How log records are worded, and who tells them. */
export interface LogRules {
  readonly wording: Wording
  readonly origin: Origin
  /** Wall clock of the telling, milliseconds since the Unix epoch. */
  readonly nowMs: number
}

interface LogParts {
  readonly record: CallRecord
  readonly eventName: string
  readonly severityNumber: SeverityNumber
  readonly severityText: string
  readonly attributes: ContentAttributes
}

/** A log record in the context of its call's span, dated when the call ended. */
function logRecord({ record, attributes, ...rest }: LogParts, { origin, nowMs }: LogRules): ReadableLogRecord {
  const { trace, startedAtMs, durations } = record
  return {
    ...rest,
    hrTime: hrTimeOf(startedAtMs + durations.totalMs),
    hrTimeObserved: hrTimeOf(nowMs),
    ...(trace && { spanContext: spanContextOf(trace) }),
    attributes: attributes as AnyAttributes,
    resource: origin.resource,
    instrumentationScope: origin.scope,
    droppedAttributesCount: 0,
  }
}

/**
 * The error that reached the caller, with what the call's span says of it. A record has no stack.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai (gen_ai.client.operation.exception)
 */
export function exceptionLog(record: CallRecord, about: Attributes, rules: LogRules): ReadableLogRecord | undefined {
  const { error } = record
  if (error === undefined) return undefined
  const { names } = rules.wording
  const attributes = { ...about, [names.exceptionType]: error.name, [names.exceptionMessage]: error.message }
  const eventName = names.exceptionEvent
  return logRecord({ record, eventName, severityNumber: SeverityNumber.WARN, severityText: 'WARN', attributes }, rules)
}

/** The details of a call: its span's attributes, with content in structured form. */
export function detailsLog(record: CallRecord, attributes: ContentAttributes, rules: LogRules): ReadableLogRecord {
  const eventName = rules.wording.names.detailsEvent
  return logRecord({ record, eventName, severityNumber: SeverityNumber.INFO, severityText: 'INFO', attributes }, rules)
}
