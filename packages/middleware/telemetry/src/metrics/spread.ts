import { type MetricSpread, Quantiles } from '@cepa/core'

/** How values are spread: percentiles within 1 %, and how many are at most as large as each of some bounds, exactly. */
export class Spread {
  readonly #bounds: readonly number[]
  readonly #values = new Quantiles()
  /** Of each bound, the values that are above the one before. */
  readonly #counts: Float64Array

  /** @param bounds ascending; each belongs to its bucket. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = new Float64Array(bounds.length)
  }

  record(value: number): void {
    this.#values.record(value)
    const bounds = this.#bounds
    for (let index = 0; index < bounds.length; index++) {
      if (value > (bounds[index] as number)) continue
      this.#counts[index] = (this.#counts[index] as number) + 1
      return
    }
  }

  /** Takes in what another one with the same bounds has recorded. */
  merge(other: Spread): void {
    this.#values.merge(other.#values)
    for (const [index, count] of other.#counts.entries()) this.#counts[index] = (this.#counts[index] as number) + count
  }

  /** As data; nothing while there is no value. */
  toData(withBuckets: boolean): MetricSpread | undefined {
    const { count, sum, mean, min, max } = this.#values
    if (mean === undefined || min === undefined || max === undefined) return undefined
    const at = (share: number): number => this.#values.quantile(share) ?? max
    return {
      count,
      sum,
      mean,
      min,
      max,
      p50: at(0.5),
      p90: at(0.9),
      p95: at(0.95),
      p99: at(0.99),
      ...(withBuckets && { buckets: this.#cumulated() }),
    }
  }

  #cumulated(): readonly { readonly le: number; readonly count: number }[] {
    let count = 0
    return this.#bounds.map((le, index) => {
      count += this.#counts[index] as number
      return { le, count }
    })
  }
}
