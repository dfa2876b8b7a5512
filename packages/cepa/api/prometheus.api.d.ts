// The public surface of cepa/prometheus. `npm run api` writes this file; a change in it is a change for users.

export { Labels } from '@cepa/exporter-prometheus'
export { METRIC_FAMILIES } from '@cepa/exporter-prometheus'
export { MetricFamily } from '@cepa/exporter-prometheus'
export { PromClientRegistry } from '@cepa/exporter-prometheus'
export { Prometheus } from '@cepa/exporter-prometheus'
export { PrometheusOptions } from '@cepa/exporter-prometheus'
export { PrometheusRequest } from '@cepa/exporter-prometheus'
export { PrometheusResponse } from '@cepa/exporter-prometheus'
export { Sample } from '@cepa/exporter-prometheus'
export { View } from '@cepa/exporter-prometheus'
export { prometheus } from '@cepa/exporter-prometheus'
