import {
  type CallRecord,
  type Clock,
  METRICS_SCHEMA,
  type MetricDimension,
  type MetricsQuery,
  type MetricsSnapshot,
} from '@cepa/core'
import type { CallInFlight, TelemetryObserver } from '../listeners.ts'
import { CallsInFlight } from './calls-in-flight.ts'
import { EndedCalls } from './ended-calls.ts'
import { checkedBy, DEFAULT_LIMITS, dimensionsOf, type MetricsOptions } from './metrics-options.ts'
import type { SeriesLimits } from './series-table.ts'

/** What came since the last reading. */
export interface MetricsReader {
  /** What came since the last reading, or since the reader was made. Calls in flight are those of now. */
  read(): MetricsSnapshot
  /** Ends it. */
  close(): void
}

/**
 * Metrics over all calls of a telemetry, in memory that does not grow with their number. An observer, so that it hears of every record
 * before filter and sample.
 */
export class CallMetrics implements TelemetryObserver {
  readonly dimensions: readonly MetricDimension[]
  readonly #limits: SeriesLimits
  readonly #clock: Pick<Clock, 'epochMs'>
  readonly #inFlight: CallsInFlight
  #ended: EndedCalls
  #sinceMs: number
  #readers: readonly Reader[] = []

  constructor(options: MetricsOptions, clock: Pick<Clock, 'epochMs'>) {
    const { maxValues = DEFAULT_LIMITS.maxValues, maxSeries = DEFAULT_LIMITS.maxSeries } = options
    this.dimensions = dimensionsOf(options)
    this.#limits = { maxValues, maxSeries }
    this.#clock = clock
    this.#inFlight = new CallsInFlight(this.dimensions, this.#limits)
    this.#ended = this.#nothing()
    this.#sinceMs = clock.epochMs()
  }

  start(call: CallInFlight): void {
    this.#inFlight.start(call)
  }

  end(call: CallInFlight): void {
    this.#inFlight.end(call)
  }

  record(record: CallRecord): void {
    this.#ended.add(record)
    for (const reader of this.#readers) reader.ended.add(record)
  }

  /** What was counted since these metrics were made, or forgot. @throws {OptionError} for a dimension that is not kept. */
  snapshot(query?: MetricsQuery): MetricsSnapshot {
    return this.#snapshot(this.#ended, this.#sinceMs, query)
  }

  /** Forgets all calls that have ended; readers do not. */
  reset(): void {
    this.#ended = this.#nothing()
    this.#sinceMs = this.#clock.epochMs()
  }

  /** What comes from now on, reading by reading. @throws {OptionError} for a dimension that is not kept. */
  reader(query?: MetricsQuery): MetricsReader {
    checkedBy(query, this.dimensions)
    const reader: Reader = { ended: this.#nothing(), sinceMs: this.#clock.epochMs() }
    this.#readers = [...this.#readers, reader]
    return {
      read: () => {
        const snapshot = this.#snapshot(reader.ended, reader.sinceMs, query)
        reader.ended = this.#nothing()
        reader.sinceMs = snapshot.atMs
        return snapshot
      },
      close: () => {
        this.#readers = this.#readers.filter((each) => each !== reader)
      },
    }
  }

  #nothing(): EndedCalls {
    return new EndedCalls(this.dimensions, this.#limits)
  }

  #snapshot(ended: EndedCalls, sinceMs: number, query: MetricsQuery | undefined): MetricsSnapshot {
    const by = checkedBy(query, this.dimensions)
    return {
      schema: METRICS_SCHEMA,
      sinceMs,
      atMs: this.#clock.epochMs(),
      by,
      ...ended.toData(by, query?.buckets ?? false),
      inFlight: this.#inFlight.rows(by),
    }
  }
}

interface Reader {
  ended: EndedCalls
  sinceMs: number
}
