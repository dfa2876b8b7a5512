/**
 * The metrics of a telemetry as Prometheus reads them. Needs `npm install @cepa/exporter-prometheus`.
 *
 * @module
 */
export {
  type Labels,
  METRIC_FAMILIES,
  type MetricFamily,
  type PromClientRegistry,
  type Prometheus,
  type PrometheusOptions,
  type PrometheusRequest,
  type PrometheusResponse,
  prometheus,
  type Sample,
  type View,
} from '@cepa/exporter-prometheus'
