// The public surface of cepa/otlp. `npm run api` writes this file; a change in it is a change for users.

export { OtlpExporter } from '@cepa/exporter-otlp'
export { OtlpExporterOptions } from '@cepa/exporter-otlp'
export { OtlpMetricsOptions } from '@cepa/exporter-otlp'
export { OtlpProtocol } from '@cepa/exporter-otlp'
export { OtlpSignalOptions } from '@cepa/exporter-otlp'
export { otlpExporter } from '@cepa/exporter-otlp'
