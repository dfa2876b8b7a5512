import type { InFlightRow, MetricDimension } from '@cepa/core'
import type { CallInFlight } from '../listeners.ts'
import { ofCallsInFlight, valueIn } from './dimensions.ts'
import { type SeriesLimits, SeriesTable } from './series-table.ts'

class Count {
  calls = 0

  merge(other: Count): void {
    this.calls += other.calls
  }
}

/** How many calls run. */
export class CallsInFlight {
  readonly #dimensions: readonly MetricDimension[]
  readonly #table: SeriesTable<Count>
  /** Where each call is counted, so that it leaves where it came in. */
  readonly #running = new Map<CallInFlight, Count>()

  constructor(dimensions: readonly MetricDimension[], limits: SeriesLimits) {
    this.#dimensions = ofCallsInFlight(dimensions)
    this.#table = new SeriesTable({ ...limits, dimensions: this.#dimensions, make: () => new Count() })
  }

  start(call: CallInFlight): void {
    const count = this.#table.at((dimension) => valueIn(call, dimension))
    count.calls += 1
    this.#running.set(call, count)
  }

  end(call: CallInFlight): void {
    const count = this.#running.get(call)
    if (count === undefined) return
    count.calls -= 1
    this.#running.delete(call)
  }

  /** One row for each combination that there has been, now at zero or not. */
  rows(by: readonly MetricDimension[]): readonly InFlightRow[] {
    const theirs = by.filter((each) => this.#dimensions.includes(each))
    const rows = this.#table.grouped(theirs).map(({ labels, series }) => ({ labels, calls: series.calls }))
    return rows.length === 0 && theirs.length === 0 ? [{ labels: {}, calls: 0 }] : rows
  }
}
