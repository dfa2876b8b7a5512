/**
 * Spans and metrics of OpenTelemetry for calls to language models.
 *
 * @module
 */
export type { ContentPlace, Semconv } from '@cepa/core/semantic-conventions'
export type { EventLogger, EventRecord, LogValue } from './log-events.ts'
export { type MeteringOptions, metering } from './metering.ts'
export type { TracingRedaction } from './redaction.ts'
export { tracing } from './tracing.ts'
export type { TracingCallOptions, TracingOptions } from './tracing-options.ts'
