import type { CallRecord, MetricLabels, MetricRow } from '@cepa/core'
import { cacheHitRatio } from './cache-hit.ts'
import { COUNTS, SPREADS, SUMS, TALLIES } from './measures.ts'
import { Spread } from './spread.ts'
import { Tally } from './tally.ts'

type Name<T> = keyof T & string
const countNames = Object.keys(COUNTS) as Name<typeof COUNTS>[]
const sumNames = Object.keys(SUMS) as Name<typeof SUMS>[]
const spreadNames = Object.keys(SPREADS) as Name<typeof SPREADS>[]
const tallyNames = Object.keys(TALLIES) as Name<typeof TALLIES>[]

const counts = countNames.map((name) => COUNTS[name])
const sums = sumNames.map((name) => SUMS[name])
const spreads = spreadNames.map((name) => SPREADS[name])
const tallies = tallyNames.map((name) => TALLIES[name])

/** Fields by name, without those that are not there. */
const fields = <T>(names: readonly string[], of: (index: number) => T | undefined): Record<string, T> =>
  Object.fromEntries(
    names.flatMap((name, index) => {
      const value = of(index)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )

/** What the calls with one combination of labels came to. */
export class CallSeries {
  readonly #counts = new Float64Array(counts.length)
  /** What was known of no call stays absent. */
  readonly #sums: (number | undefined)[] = sums.map(() => undefined)
  readonly #spreads: (Spread | undefined)[] = spreads.map(() => undefined)
  readonly #tallies: readonly Tally[] = tallies.map(() => new Tally())

  // runs for every call: plain loops, which cost half of what iterators do
  add(record: CallRecord): void {
    for (let at = 0; at < counts.length; at++) this.#count(at, counts[at]?.(record) ?? 0)
    for (let at = 0; at < sums.length; at++) this.#sum(at, sums[at]?.(record))
    for (let at = 0; at < spreads.length; at++) {
      const value = spreads[at]?.of(record)
      if (value !== undefined) this.#spread(at).record(value)
    }
    for (let at = 0; at < tallies.length; at++) {
      const word = tallies[at]?.(record)
      if (word !== undefined) this.#tallies[at]?.add(word)
    }
  }

  merge(other: CallSeries): void {
    for (const [at, count] of other.#counts.entries()) this.#count(at, count)
    for (const [at, sum] of other.#sums.entries()) this.#sum(at, sum)
    for (const [at, spread] of other.#spreads.entries()) if (spread) this.#spread(at).merge(spread)
    for (const [at, tally] of other.#tallies.entries()) this.#tallies[at]?.merge(tally)
  }

  toRow(labels: MetricLabels, withBuckets: boolean): MetricRow {
    const outcomes = this.#tallies[tallyNames.indexOf('cacheOutcomes')] as Tally
    const hitRatio = cacheHitRatio(outcomes.counts)
    const row = {
      labels,
      ...fields(countNames, (at) => this.#counts[at]),
      ...fields(tallyNames, (at) => this.#tallies[at]?.toData()),
      ...fields(spreadNames, (at) => this.#spreads[at]?.toData(withBuckets)),
      ...fields(sumNames, (at) => this.#sums[at]),
      ...(hitRatio !== undefined && { cacheHitRatio: hitRatio }),
    }
    return row as unknown as MetricRow
  }

  #count(at: number, more: number): void {
    this.#counts[at] = (this.#counts[at] as number) + more
  }

  #sum(at: number, more: number | undefined): void {
    if (more !== undefined) this.#sums[at] = (this.#sums[at] ?? 0) + more
  }

  #spread(at: number): Spread {
    const known = this.#spreads[at]
    if (known) return known
    const made = new Spread(spreads[at]?.bounds ?? [])
    this.#spreads[at] = made
    return made
  }
}
