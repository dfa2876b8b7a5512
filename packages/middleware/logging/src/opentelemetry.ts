import type { LogFields, Logger, LogLevel } from '@cepa/core'

/** A value that an attribute of a log record may have. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | AttributeValue[]
  | { [name: string]: AttributeValue }

/** A logger of OpenTelemetry's logs API, as far as it is used here. */
export interface OpenTelemetryLike {
  emit(record: {
    severityNumber: number
    severityText: string
    body: string
    attributes: { [name: string]: AttributeValue }
  }): void
}

/** @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 5, info: 9, warn: 13, error: 17 }

/** The fields of a line are plain data, which is what attributes may be. */
const attributesOf = (fields: LogFields): { [name: string]: AttributeValue } =>
  ({ ...fields }) as { [name: string]: AttributeValue }

/**
 * Writes lines as log records of OpenTelemetry: the sentence as body, the fields as attributes. The record is emitted where the
 * call ends, so that a span that is active there is linked to it.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), logging({ logger: openTelemetryLogger(logs.getLogger('app')) }))
 */
export const openTelemetryLogger = (logger: OpenTelemetryLike): Logger => ({
  log: (level, message, fields) =>
    logger.emit({
      severityNumber: SEVERITY[level],
      severityText: level.toUpperCase(),
      body: message,
      attributes: attributesOf(fields),
    }),
})
