import type { AttemptMetricRow, MetricLabels, RecordedAttempt } from '@cepa/core'
import { DURATION_BOUNDS } from './bounds.ts'
import { errorKindOf } from './error-kind.ts'
import { Spread } from './spread.ts'
import { Tally } from './tally.ts'

/** What the attempts with one combination of labels came to. */
export class AttemptSeries {
  #attempts = 0
  readonly #errors = new Tally()
  readonly #durations = new Spread(DURATION_BOUNDS)

  add(attempt: RecordedAttempt): void {
    this.#attempts += 1
    const kind = errorKindOf(attempt)
    if (kind !== undefined) this.#errors.add(kind)
    if (attempt.durationMs !== undefined) this.#durations.record(attempt.durationMs)
  }

  merge(other: AttemptSeries): void {
    this.#attempts += other.#attempts
    this.#errors.merge(other.#errors)
    this.#durations.merge(other.#durations)
  }

  toRow(labels: MetricLabels, withBuckets: boolean): AttemptMetricRow {
    const durationMs = this.#durations.toData(withBuckets)
    return { labels, attempts: this.#attempts, errors: this.#errors.toData(), ...(durationMs && { durationMs }) }
  }
}
