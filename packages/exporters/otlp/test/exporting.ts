import { onTestFinished } from 'vitest'
import { type OtlpExporter, type OtlpExporterOptions, otlpExporter } from '../src/index.ts'

/** An exporter that the test closes by itself at its end. */
export function exporting(options: OtlpExporterOptions): OtlpExporter {
  const exporter = otlpExporter({ serviceName: 'shop', report: () => undefined, ...options })
  onTestFinished(async () => {
    await Promise.resolve(exporter.close?.()).catch(() => undefined)
  })
  return exporter
}
