import { REDACTED, type RecordedError, toldText } from '@cepa/core'
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

/** When and in what something is told. */
export interface Moment {
  readonly timestamp: HrTime
  readonly context: Context
}

/** An error that reached the caller, with what is told of it. */
export interface ToldError {
  readonly error: Error
  /** As its call's span has it. */
  readonly told: RecordedError
  readonly scrub: (text: string) => string
}

/** A stack begins with the message: where that is not to be seen, there is none. */
function stackOf({ error, told, scrub }: ToldError): string | undefined {
  const { stack } = error
  return typeof stack === 'string' && told.message !== REDACTED ? toldText(stack, MAX_STACK_BYTES, scrub) : undefined
}

/** An error that reached the caller. */
export function exceptionEvent(
  error: ToldError,
  moment: Moment,
  { wording: { names }, about }: { wording: Wording; about: Attributes },
): EventRecord {
  const { told } = error
  const stack = stackOf(error)
  return {
    eventName: names.exceptionEvent,
    severityNumber: WARN,
    severityText: 'WARN',
    ...moment,
    attributes: {
      ...about,
      [names.exceptionType]: told.name,
      [names.exceptionMessage]: told.message,
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
