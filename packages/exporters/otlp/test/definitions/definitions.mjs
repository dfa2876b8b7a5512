import root from '@opentelemetry/otlp-transformer/build/src/generated/root.js'

const { trace, metrics, logs } = root.opentelemetry.proto.collector

/** Decoders of what is posted, by the last part of the address. */
export const requests = {
  traces: trace.v1.ExportTraceServiceRequest,
  metrics: metrics.v1.ExportMetricsServiceRequest,
  logs: logs.v1.ExportLogsServiceRequest,
}

/** Encoders of what is answered. */
export const responses = {
  traces: trace.v1.ExportTraceServiceResponse,
  metrics: metrics.v1.ExportMetricsServiceResponse,
  logs: logs.v1.ExportLogsServiceResponse,
}
