export { METRIC_FAMILIES } from './families.ts'
export type { Labels, MetricFamily, Sample, View } from './family.ts'
export {
  type Prometheus,
  type PrometheusOptions,
  type PrometheusRequest,
  type PrometheusResponse,
  prometheus,
} from './prometheus.ts'
export type { PromClientRegistry } from './registry.ts'
