import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** A finished span, as far as it is compared. */
export interface SeenSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly durationMs: number
  readonly attributes: Readonly<Record<string, unknown>>
}

/** One series of a metric. */
export interface SeenSeries {
  readonly metric: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly count: number
  readonly sum: number
}

/** An application's OpenTelemetry, of its own: nothing of it is global. */
export interface OpenTelemetry {
  readonly tracer: ReturnType<TracerProvider['getTracer']>
  readonly meter: ReturnType<MeterProvider['getMeter']>
  spans(): readonly SeenSpan[]
  series(): Promise<readonly SeenSeries[]>
  close(): Promise<void>
}

/** Its reader reads when it is asked: an hour is longer than any test. */
const NEVER_MS = 3_600_000

interface DataPoint {
  readonly attributes: object
  readonly value: unknown
}

function seriesOf(metric: string, { attributes, value }: DataPoint): SeenSeries {
  const plain = { ...attributes }
  if (typeof value === 'number') return { metric, attributes: plain, count: 1, sum: value }
  const { count, sum = 0 } = value as { count: number; sum?: number }
  return { metric, attributes: plain, count, sum }
}

function spansOf(exporter: InMemorySpanExporter): readonly SeenSpan[] {
  return exporter.getFinishedSpans().map((span) => {
    const { traceId, spanId } = span.spanContext()
    const [seconds, nanos] = span.duration
    const parentSpanId = span.parentSpanContext?.spanId
    const attributes = { ...span.attributes }
    return { name: span.name, traceId, spanId, parentSpanId, durationMs: seconds * 1e3 + nanos / 1e6, attributes }
  })
}

/** An SDK that keeps spans and metrics in memory. */
export function openTelemetry(): OpenTelemetry {
  const spanExporter = new InMemorySpanExporter()
  const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: NEVER_MS })
  const meters = new MeterProvider({ readers: [reader] })
  return {
    tracer: tracers.getTracer('ledger'),
    meter: meters.getMeter('ledger'),
    spans: () => spansOf(spanExporter),
    async series() {
      await reader.forceFlush()
      const scopes = metricExporter.getMetrics().at(-1)?.scopeMetrics ?? []
      return scopes.flatMap(({ metrics }) =>
        metrics.flatMap(({ descriptor, dataPoints }) =>
          (dataPoints as readonly DataPoint[]).map((point) => seriesOf(descriptor.name, point)),
        ),
      )
    },
    async close() {
      await Promise.all([tracers.shutdown(), meters.shutdown()])
    },
  }
}
