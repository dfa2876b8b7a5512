/**
 * Traces, metrics and logs over OTLP/HTTP, on Node. Needs `npm install @cepa/exporter-otlp`.
 *
 * @module
 */
export {
  type OtlpExporter,
  type OtlpExporterOptions,
  type OtlpMetricsOptions,
  type OtlpProtocol,
  type OtlpSignalOptions,
  otlpExporter,
} from '@cepa/exporter-otlp'
