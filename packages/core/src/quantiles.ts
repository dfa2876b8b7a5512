/** Buckets per power of two: each is at most 1/64 of its values wide, so that its middle is off by at most 1/128 of them. */
const BUCKETS = 64
/** Values from 2⁻³⁰ (about 10⁻⁹) up to 2⁵⁰ (about 10¹⁵) are told apart. */
const LOWEST_EXPONENT = -30
const OCTAVES = 80
const SMALLEST = 2 ** LOWEST_EXPONENT

// the bits of a double are its logarithm for nothing: exponent and first bits of the mantissa are the bucket
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
double[0] = 1
const HIGH = words[1] === 0 ? 0 : 1

const middleOf = (octave: number, bucket: number): number =>
  2 ** (octave + LOWEST_EXPONENT) * (1 + (bucket + 0.5) / BUCKETS)

/**
 * How numbers are spread, in memory that does not grow with their count: count, sum, least and greatest exactly, any quantile
 * within 1 % of the value at that rank. Fixed logarithmic buckets, so that two can be merged without loss. Made for durations,
 * sizes and counts: what is not above 0 counts as 0, as does what is below 10⁻⁹; what is no number is left out.
 *
 * @example
 * const durations = new Quantiles()
 * for (const ms of [10, 20, 30, 400]) durations.record(ms)
 * durations.quantile(0.5) // → 20, within 1 %
 *
 * @see https://www.vldb.org/pvldb/vol12/p2195-masson.pdf (DDSketch: quantiles with a relative error from logarithmic buckets)
 */
export class Quantiles {
  #count = 0
  #zeros = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0
  /** One page of buckets per power of two, made when first needed. */
  readonly #pages: (Float64Array | undefined)[] = []

  /** How many values were recorded. */
  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  /** The mean; absent while there is no value. */
  get mean(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count
  }

  /** The least value; absent while there is none. */
  get min(): number | undefined {
    return this.#count === 0 ? undefined : this.#min
  }

  /** The greatest value; absent while there is none. */
  get max(): number | undefined {
    return this.#count === 0 ? undefined : this.#max
  }

  /** Takes a value in, or the same one several times. */
  record(given: number, times = 1): void {
    if (Number.isNaN(given)) return
    const value = Math.max(given, 0)
    this.#count += times
    this.#sum += value * times
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    if (value < SMALLEST) {
      this.#zeros += times
      return
    }
    double[0] = value
    const high = words[HIGH] as number
    const octave = Math.min((high >>> 20) - 1023 - LOWEST_EXPONENT, OCTAVES - 1)
    const page = this.#pages[octave] ?? this.#open(octave)
    const bucket = (high >>> 14) & (BUCKETS - 1)
    page[bucket] = (page[bucket] as number) + times
  }

  /**
   * The value that a share of all values does not exceed: the one at rank ⌈share × count⌉, within 1 %. Absent while there is none.
   *
   * @param share from 0 (the least) to 1 (the greatest).
   * @throws {RangeError} for a share outside of that.
   */
  quantile(share: number): number | undefined {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`a quantile is asked for a share from 0 to 1, not ${share}`)
    if (this.#count === 0) return undefined
    const rank = Math.ceil(share * this.#count)
    if (rank <= 1) return this.#min
    if (rank >= this.#count) return this.#max
    return Math.min(this.#max, Math.max(this.#min, this.#valueAt(rank)))
  }

  /** Takes in what another one has recorded. */
  merge(other: Quantiles): void {
    this.#count += other.#count
    this.#zeros += other.#zeros
    this.#sum += other.#sum
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
    for (const [octave, from] of other.#pages.entries()) {
      if (from === undefined) continue
      const to = this.#pages[octave] ?? this.#open(octave)
      for (const [bucket, times] of from.entries()) to[bucket] = (to[bucket] as number) + times
    }
  }

  /**
   * What was recorded after a copy was made of this one: `earlier`, into which it was merged then. Count and sum are exact, least and
   * greatest within 1 %.
   */
  since(earlier: Quantiles): Quantiles {
    const rest = new Quantiles()
    const zeros = this.#zeros - earlier.#zeros
    if (zeros > 0) rest.record(0, zeros)
    for (const [octave, page] of this.#pages.entries()) {
      for (const [bucket, times] of (page ?? []).entries()) {
        const more = times - (earlier.#pages[octave]?.[bucket] ?? 0)
        if (more > 0) rest.record(middleOf(octave, bucket), more)
      }
    }
    rest.#sum = this.#sum - earlier.#sum
    return rest
  }

  /** Forgets everything. */
  reset(): void {
    this.#count = this.#zeros = this.#sum = this.#max = 0
    this.#min = Number.POSITIVE_INFINITY
    this.#pages.length = 0
  }

  #open(octave: number): Float64Array {
    const page = new Float64Array(BUCKETS)
    this.#pages[octave] = page
    return page
  }

  #valueAt(rank: number): number {
    let passed = this.#zeros
    if (rank <= passed) return 0
    for (let octave = 0; octave < this.#pages.length; octave++) {
      const page = this.#pages[octave]
      if (page === undefined) continue
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        passed += page[bucket] as number
        if (rank <= passed) return middleOf(octave, bucket)
      }
    }
    return this.#max
  }
}
