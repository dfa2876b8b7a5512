import type { AttemptMetricRow, CallRecord, MetricDimension, MetricRow, MetricsSnapshot } from '@cepa/core'
import { AttemptSeries } from './attempt-series.ts'
import { CallSeries } from './call-series.ts'
import { ofAttempts, valueIn } from './dimensions.ts'
import { type SeriesLimits, SeriesTable } from './series-table.ts'

/** What of a snapshot ended calls tell. */
export type EndedData = Pick<MetricsSnapshot, 'total' | 'rows' | 'attempts' | 'overflow'>

/** What calls that have ended came to. */
export class EndedCalls {
  readonly #attemptDimensions: readonly MetricDimension[]
  readonly #calls: SeriesTable<CallSeries>
  readonly #attempts: SeriesTable<AttemptSeries>

  constructor(dimensions: readonly MetricDimension[], limits: SeriesLimits) {
    this.#attemptDimensions = ofAttempts(dimensions)
    this.#calls = new SeriesTable({ ...limits, dimensions, make: () => new CallSeries() })
    this.#attempts = new SeriesTable({
      ...limits,
      dimensions: this.#attemptDimensions,
      make: () => new AttemptSeries(),
    })
  }

  add(record: CallRecord): void {
    this.#calls.at((dimension) => valueIn(record, dimension)).add(record)
    for (const attempt of record.attempts) this.#attempts.at((dimension) => valueIn(attempt, dimension)).add(attempt)
  }

  toData(by: readonly MetricDimension[], withBuckets: boolean): EndedData {
    const grouped = this.#calls.grouped(by)
    const rows: readonly MetricRow[] = grouped.map(({ labels, series }) => series.toRow(labels, withBuckets))
    const sum = grouped.length === 1 ? rows[0] : undefined
    const total =
      sum === undefined
        ? this.#calls.merged(grouped.map(({ series }) => series)).toRow({}, withBuckets)
        : { ...sum, labels: {} }
    return {
      total,
      rows: by.length === 0 ? [total] : rows,
      attempts: this.#attemptRows(by, withBuckets),
      overflow: this.#calls.overflow(),
    }
  }

  #attemptRows(by: readonly MetricDimension[], withBuckets: boolean): readonly AttemptMetricRow[] {
    const theirs = by.filter((each) => this.#attemptDimensions.includes(each))
    return this.#attempts.grouped(theirs).map(({ labels, series }) => series.toRow(labels, withBuckets))
  }
}
