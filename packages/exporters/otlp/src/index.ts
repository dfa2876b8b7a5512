/**
 * Traces, metrics and logs of calls over OTLP/HTTP, on Node: `otlpExporter()`.
 *
 * @module
 */
export { type OtlpExporter, otlpExporter } from './otlp-exporter.ts'
export type { OtlpExporterOptions, OtlpMetricsOptions, OtlpSignalOptions } from './otlp-options.ts'
export type { OtlpProtocol } from './signal.ts'
