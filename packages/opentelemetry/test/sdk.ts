import { context, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
  type TracerProviderOptions,
} from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach } from 'vitest'

/** One series of a metric, in a form that is easy to compare. */
export interface Series {
  readonly metric: string
  readonly unit: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** Of a counter. */
  readonly value?: number
  /** Of a histogram. */
  readonly count?: number
  readonly sum?: number
  readonly boundaries?: readonly number[]
}

/** An application's OpenTelemetry, registered for each test, with everything that came out of it. */
export interface Sdk {
  readonly spans: readonly ReadableSpan[]
  /** Spans of this package's scope. */
  readonly own: readonly ReadableSpan[]
  readonly logs: InMemoryLogRecordExporter
  readonly logger: ReturnType<LoggerProvider['getLogger']>
  provider: TracerProvider
  series(): Promise<readonly Series[]>
  named(name: string): ReadableSpan
  childrenOf(span: ReadableSpan): readonly ReadableSpan[]
  /** Forgets the spans and log records that have come so far. */
  reset(): void
}

const plain = (attributes: object): Record<string, unknown> => ({ ...attributes })

/** Registers an SDK before each test of a file and takes it away after it. */
export function sdk(options: TracerProviderOptions = {}): Sdk {
  let exporter = new InMemorySpanExporter()
  let metricExporter: InMemoryMetricExporter
  let reader: PeriodicExportingMetricReader
  const made = {} as Sdk & { spans: unknown; own: unknown; logs: InMemoryLogRecordExporter; logger: unknown }
  beforeEach(() => {
    exporter = new InMemorySpanExporter()
    metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })
    const logs = new InMemoryLogRecordExporter()
    const loggers = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: logs })] })
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    made.provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })], ...options })
    trace.setGlobalTracerProvider(made.provider)
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
    Object.assign(made, { logs, logger: loggers.getLogger('app') })
  })
  afterEach(async () => {
    await reader.shutdown()
    for (const api of [trace, context, metrics, propagation]) api.disable()
  })
  return Object.defineProperties(made, {
    spans: { get: () => exporter.getFinishedSpans() },
    own: {
      get: () => exporter.getFinishedSpans().filter((span) => span.instrumentationScope.name === '@cepa/opentelemetry'),
    },
    named: {
      value: (name: string) => {
        const span = exporter.getFinishedSpans().find((each) => each.name === name)
        if (span) return span
        throw new Error(`no span ${name} among ${exporter.getFinishedSpans().map((each) => each.name)}`)
      },
    },
    childrenOf: {
      value: (span: ReadableSpan) =>
        exporter.getFinishedSpans().filter((each) => each.parentSpanContext?.spanId === span.spanContext().spanId),
    },
    reset: {
      value: () => {
        exporter.reset()
        made.logs.reset()
      },
    },
    series: {
      value: async () => {
        await reader.forceFlush()
        const last = metricExporter.getMetrics().at(-1)
        return (last?.scopeMetrics ?? []).flatMap(({ metrics: each }) => each.flatMap(seriesOf))
      },
    },
  })
}

function seriesOf({
  descriptor,
  dataPoints,
}: {
  descriptor: { name: string; unit: string }
  dataPoints: readonly { attributes: object; value: unknown }[]
}): Series[] {
  return dataPoints.map(({ attributes, value }) => {
    const common = { metric: descriptor.name, unit: descriptor.unit, attributes: plain(attributes) }
    if (typeof value === 'number') return { ...common, value }
    const { count, sum, buckets } = value as { count: number; sum: number; buckets: { boundaries: number[] } }
    return { ...common, count, sum, boundaries: buckets.boundaries }
  })
}
