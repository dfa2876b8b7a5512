import type { CallRecord, ExportContext, Exporter, ExporterLimits, ExportResult, TelemetryItem } from '@cepa/core'
import { Batch, type Way } from './batch.ts'
import { logCodec, metricsCodec, traceCodec } from './codec.ts'
import { exportableOf } from './export-items.ts'
import { CallMetrics } from './metrics/call-metrics.ts'
import { MetricStore } from './metrics/metric-store.ts'
import { MetricsPump } from './metrics/metrics-pump.ts'
import type { OtlpExporterOptions } from './otlp-options.ts'
import { type OtlpSettings, otlpSettings } from './otlp-settings.ts'
import { Sender, type Sent } from './sender.ts'

/** Records are put into words and encoded in one go, at some 0.1 ms each: a larger batch would hold up the calls. */
const BATCH_ITEMS = 128

/** Room for compressing and the like, beside the time that a request may take. */
const MARGIN_MS = 1000

/** An exporter that is also told of every call, which its metrics are made of. */
export interface OtlpExporter extends Exporter {
  /**
   * Counts a call in the metrics. Telemetry gives it every record by itself, before filter and sample; where nobody does, metrics are made
   * of the records that are exported, each with its weight.
   */
  record(record: CallRecord): void
}

/** A sender as a way of batches, which has nothing to do where there is nothing to send. */
function wayOf<T>(sender: Sender<T[]>, part: 'spans' | 'logs', { report }: OtlpSettings): Way {
  return {
    async send(exportable, signal): Promise<Sent> {
      const items = exportable[part] as object as T[]
      if (items.length === 0) return { ok: true, rejected: 0 }
      const sent = await sender.send(items, signal)
      if (sent.ok && sent.warning !== undefined) report(new Error(sent.warning))
      return sent
    },
  }
}

class Otlp implements OtlpExporter {
  readonly name: string
  readonly wants: readonly TelemetryItem['type'][]
  readonly limits: ExporterLimits
  readonly #settings: OtlpSettings
  readonly #ways: readonly Way[]
  readonly #senders: readonly Sender<never>[]
  readonly #metrics: CallMetrics | undefined
  readonly #pump: MetricsPump | undefined
  #batch: Batch | undefined
  #isObserving = false
  #closed = false

  constructor(settings: OtlpSettings) {
    const { traces, metrics, logs, name, clock } = settings
    this.name = name
    this.wants = metrics ? ['call', 'group', 'loss'] : ['call', 'group']
    const timeouts = [traces, logs].map((signal) => signal?.target.timeoutMs ?? 0)
    this.limits = { maxBatchItems: BATCH_ITEMS, timeoutMs: Math.max(...timeouts) + MARGIN_MS }
    this.#settings = settings
    const shared = { exporter: name, clock }
    const spans = traces && new Sender({ ...shared, ...traces, signal: 'traces', codec: traceCodec(traces.protocol) })
    const events = logs && new Sender({ ...shared, ...logs, signal: 'logs', codec: logCodec(logs.protocol) })
    this.#ways = [
      ...(spans ? [wayOf(spans, 'spans', settings)] : []),
      ...(events ? [wayOf(events, 'logs', settings)] : []),
    ]
    this.#senders = [spans, events].filter((sender) => sender !== undefined) as readonly Sender<never>[]
    if (metrics === undefined) return
    const store = new MetricStore(metrics.temporality, clock.epochMs())
    const sender = new Sender({ ...shared, ...metrics, signal: 'metrics', codec: metricsCodec(metrics.protocol) })
    const { origin, wording, report } = settings
    this.#metrics = new CallMetrics(store, wording)
    this.#pump = new MetricsPump({ store, sender, origin, clock, intervalMs: metrics.intervalMs, report })
  }

  record(record: CallRecord): void {
    this.#isObserving = true
    this.#measure(record)
  }

  async export(items: readonly TelemetryItem[], { signal }: ExportContext): Promise<ExportResult> {
    if (this.#closed) return { ok: false, error: new Error(`exporter ${this.name} is closed`), retry: false }
    try {
      const batch = this.#batchOf(items)
      const result = await batch.send(this.#ways, signal)
      if (result.ok || !result.retry) this.#batch = undefined
      return result
    } catch (thrown) {
      // what cannot be put into words now cannot be later
      return { ok: false, error: thrown instanceof Error ? thrown : new Error(String(thrown)), retry: false }
    }
  }

  async flush(): Promise<void> {
    await this.#pump?.flush()
  }

  async close(): Promise<void> {
    this.#closed = true
    try {
      await this.#pump?.close()
    } finally {
      for (const sender of this.#senders) sender.close()
    }
  }

  /** The batch that is on its way, if it is given again; else a new one, which is counted. */
  #batchOf(items: readonly TelemetryItem[]): Batch {
    if (this.#batch?.isOf(items)) return this.#batch
    this.#count(items)
    this.#batch = new Batch(items, exportableOf(items, this.#settings))
    return this.#batch
  }

  #count(items: readonly TelemetryItem[]): void {
    for (const item of items) {
      if (item.type === 'loss') this.#metrics?.lose(item.loss)
      else if (item.type === 'call' && !this.#isObserving) this.#measure(item.record, item.record.sampling?.weight)
    }
    this.#pump?.start()
  }

  #measure(record: CallRecord, weight?: number): void {
    this.#metrics?.measure(record, weight)
    this.#pump?.start()
  }
}

/**
 * Sends traces, metrics and logs to whatever takes OTLP over HTTP: a collector, or a backend itself. Set by OpenTelemetry's own environment
 * variables, or in code. Makes the spans of calls for which `tracing()` has made none, and those of groups; a log record of each error that
 * reached a caller; the client metrics of the conventions, at intervals.
 *
 * @throws {OptionError} for options, and environment variables, that cannot be right.
 *
 * @example
 * const otlp = otlpExporter({ endpoint: 'http://localhost:4318', serviceName: 'shop' })
 * const watch = telemetry({ exporters: [otlp], sample: { ratio: 0.1 } }) // metrics are of all calls
 */
export const otlpExporter = (options?: OtlpExporterOptions): OtlpExporter => new Otlp(otlpSettings(options))
