/**
 * Spans and metrics of OpenTelemetry. Needs `npm install @cepa/opentelemetry @opentelemetry/api`.
 *
 * @module
 */
export {
  type ContentPlace,
  type EventLogger,
  type EventRecord,
  type LogValue,
  type MeteringOptions,
  metering,
  type Semconv,
  type TracingCallOptions,
  type TracingOptions,
  tracing,
} from '@cepa/opentelemetry'
