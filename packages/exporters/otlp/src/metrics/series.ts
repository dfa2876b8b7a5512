import type { Attributes } from '@cepa/core/semantic-conventions'

/** What has come together under one set of attributes since the process began. */
export interface Totals {
  /** Number of values. */
  readonly count: number
  readonly sum: number
  /** Number of values in each bucket; one more than there are bounds, none for a counter. */
  readonly buckets: readonly number[]
}

const NOTHING: Totals = { count: 0, sum: 0, buckets: [] }

/** The first bucket whose bound is not below a value. */
function bucketOf(value: number, bounds: readonly number[]): number {
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value <= (bounds[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}

/** One series of a metric. What has been sent is kept apart, so that what a broken connection swallowed is in the next sending. */
export class Series {
  readonly attributes: Attributes
  readonly #bounds: readonly number[] | undefined
  readonly #buckets: number[]
  #sum = 0
  #count = 0
  #sent: Totals = NOTHING
  min: number = Number.POSITIVE_INFINITY
  max: number = Number.NEGATIVE_INFINITY

  /** @param bounds of a histogram; of a counter none. */
  constructor(attributes: Attributes, bounds?: readonly number[]) {
    this.attributes = attributes
    this.#bounds = bounds
    this.#buckets = bounds ? Array.from({ length: bounds.length + 1 }, () => 0) : []
  }

  /** @param weight how many values this one stands for. */
  add(value: number, weight: number): void {
    this.#sum += value * weight
    this.#count += weight
    if (this.#bounds === undefined) return
    const bucket = bucketOf(value, this.#bounds)
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + weight
    this.min = Math.min(this.min, value)
    this.max = Math.max(this.max, value)
  }

  /** Everything so far. Weights may be fractions; numbers of values are whole. */
  totals(): Totals {
    const buckets = this.#buckets.map(Math.round)
    const count = this.#bounds ? buckets.reduce((sum, each) => sum + each, 0) : Math.round(this.#count)
    return { count, sum: this.#sum, buckets }
  }

  /** What of some totals has not been sent. */
  unsent(totals: Totals): Totals {
    const { count, sum, buckets } = this.#sent
    return {
      count: totals.count - count,
      sum: totals.sum - sum,
      buckets: totals.buckets.map((each, index) => each - (buckets[index] ?? 0)),
    }
  }

  /** These have reached their destination. */
  sent(totals: Totals): void {
    this.#sent = totals
  }
}
