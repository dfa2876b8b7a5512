import type {
  CallRecord,
  Exporter,
  ExporterLimits,
  ExportResult,
  GroupRecord,
  LossRecord,
  RecordedNote,
  TelemetryItem,
} from '@cepa/core'

/** What {@link memoryExporter} takes. */
export interface MemoryExporterOptions {
  /** Default: `memory`. */
  readonly name?: string
  /** Default: everything. */
  readonly wants?: readonly TelemetryItem['type'][]
  /** Default: what telemetry has by default, but for `delayMs: 0`. */
  readonly limits?: ExporterLimits
  /** Most items that are kept, the newest. Default: 10,000. */
  readonly maxItems?: number
}

/** An exporter that keeps what it is given, for tests and for looking at it. */
export interface MemoryExporter extends Exporter {
  /** Everything, in the order in which it came. */
  readonly items: readonly TelemetryItem[]
  readonly records: readonly CallRecord[]
  readonly groups: readonly GroupRecord[]
  readonly notes: readonly RecordedNote[]
  readonly losses: readonly LossRecord[]
  /** How many items each batch had that was taken. */
  readonly batches: readonly number[]
  /** How often it was flushed and closed. */
  readonly flushes: number
  readonly closes: number
  /** The newest record. @throws {Error} when there is none. */
  readonly last: CallRecord
  /** Forgets everything. */
  clear(): void
  /**
   * What it does with its next batches, instead of keeping them: gives a result, throws, or never answers.
   *
   * @param times how many. Default: 1.
   *
   * @example
   * exporter.next({ ok: false, error: new Error('429'), retry: true, retryAfterMs: 500 })
   */
  next(behaviour: ExportResult | Error | 'hang', times?: number): void
}

const ALL: readonly TelemetryItem['type'][] = ['call', 'group', 'note', 'loss']

class Memory implements MemoryExporter {
  readonly name: string
  readonly wants: readonly TelemetryItem['type'][]
  readonly limits: ExporterLimits
  readonly #maxItems: number
  #items: TelemetryItem[] = []
  #planned: (ExportResult | Error | 'hang')[] = []
  batches: number[] = []
  flushes = 0
  closes = 0

  constructor({ name = 'memory', wants = ALL, limits, maxItems = 10_000 }: MemoryExporterOptions) {
    this.name = name
    this.wants = wants
    this.limits = { delayMs: 0, ...limits }
    this.#maxItems = maxItems
  }

  get items(): readonly TelemetryItem[] {
    return this.#items
  }
  get records(): readonly CallRecord[] {
    return this.#items.flatMap((item) => (item.type === 'call' ? [item.record] : []))
  }
  get groups(): readonly GroupRecord[] {
    return this.#items.flatMap((item) => (item.type === 'group' ? [item.group] : []))
  }
  get notes(): readonly RecordedNote[] {
    return this.#items.flatMap((item) => (item.type === 'note' ? [item.note] : []))
  }
  get losses(): readonly LossRecord[] {
    return this.#items.flatMap((item) => (item.type === 'loss' ? [item.loss] : []))
  }
  get last(): CallRecord {
    const record = this.records.at(-1)
    if (record === undefined) throw new Error(`exporter ${this.name} has no record yet`)
    return record
  }

  clear(): void {
    this.#items = []
    this.batches = []
  }

  next(behaviour: ExportResult | Error | 'hang', times = 1): void {
    for (let time = 0; time < times; time++) this.#planned.push(behaviour)
  }

  export(items: readonly TelemetryItem[]): ExportResult | Promise<ExportResult> {
    const planned = this.#planned.shift()
    if (planned === 'hang') return new Promise<never>(() => undefined)
    if (planned instanceof Error) throw planned
    if (planned !== undefined && !planned.ok) return planned
    const kept = planned?.rejected === undefined ? items : items.slice(planned.rejected)
    this.batches.push(items.length)
    this.#items.push(...kept)
    if (this.#items.length > this.#maxItems) this.#items = this.#items.slice(-this.#maxItems)
    return planned ?? { ok: true }
  }

  flush(): void {
    this.flushes += 1
  }

  close(): void {
    this.closes += 1
  }
}

/**
 * Makes an exporter that keeps records, groups, notes and losses in memory.
 *
 * @example
 * const exporter = memoryExporter()
 * const watch = telemetry({ exporters: [exporter] })
 * await pipeline(fakeProvider('Hi'), watch).complete(request)
 * await watch.flush()
 * exporter.last.ending // → 'done'
 */
export const memoryExporter = (options: MemoryExporterOptions = {}): MemoryExporter => new Memory(options)
