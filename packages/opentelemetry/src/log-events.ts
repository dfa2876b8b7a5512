import { cutToBytes } from '@cepa/core'
import type { Attributes, Wording } from '@cepa/core/semantic-conventions'
import type { Context, HrTime } from '@opentelemetry/api'

/** A value that an attribute of a log record may have. */
export type LogValue = string | number | boolean | null | undefined | LogValue[] | { [name: string]: LogValue }

/** A log record, as `@opentelemetry/api-logs` and version 1.10 of the interface take it. */
export interface EventRecord {
  eventName: string
  severityNumber: number
  severityText: string
  timestamp: HrTime
  context: Context
  attributes: { [name: string]: LogValue }
}

/** A logger of OpenTelemetry's logs interface, as far as it is used: `logs.getLogger('app')`. */
export interface EventLogger {
  emit(record: EventRecord): void
}

/** @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const INFO = 9
const WARN = 13

const MAX_STACK_BYTES = 8192
const MAX_MESSAGE_BYTES = 1000
/** How much of a text is looked at before it is cut. */
const LOOKED_AT = 65_536

/** When and in what something is told. */
export interface Moment {
  readonly timestamp: HrTime
  readonly context: Context
}

/** The text of an error that may be written: without secrets, and not too long. */
export const safeMessage = (text: string, scrub: (text: string) => string): string =>
  cutToBytes(scrub(text.slice(0, LOOKED_AT)), MAX_MESSAGE_BYTES)

/** A stack begins with the message. It is scrubbed whole, so that a secret is not cut in two first. */
function stackOf(error: Error, scrub: (text: string) => string): string | undefined {
  const { stack } = error
  return typeof stack === 'string' ? cutToBytes(scrub(stack.slice(0, LOOKED_AT)), MAX_STACK_BYTES) : undefined
}

/** An error that reached the caller. */
export function exceptionEvent(
  error: Error,
  moment: Moment,
  { wording: { names, word }, scrub, about }: { wording: Wording; scrub: (text: string) => string; about: Attributes },
): EventRecord {
  const stack = stackOf(error, scrub)
  return {
    eventName: names.exceptionEvent,
    severityNumber: WARN,
    severityText: 'WARN',
    ...moment,
    attributes: {
      ...about,
      [names.exceptionType]: word(error.name),
      [names.exceptionMessage]: safeMessage(error.message, scrub),
      ...(stack !== undefined && { [names.exceptionStacktrace]: stack }),
    },
  }
}

/** The details of a call: its span's attributes, with content in structured form. */
export const detailsEvent = (
  attributes: { [name: string]: LogValue },
  moment: Moment,
  { names }: Wording,
): EventRecord => ({
  eventName: names.detailsEvent,
  severityNumber: INFO,
  severityText: 'INFO',
  ...moment,
  attributes,
})
