import type { MetricDimension, MetricLabels } from '@cepa/core'
import { isAttribute, isOpen } from './dimensions.ts'
import { LabelValues, OTHER } from './label-values.ts'

/** What is kept for one combination of labels. */
export interface Mergeable {
  merge(other: this): void
}

interface Entry<S> {
  /** One for each dimension, in order; `undefined` where a call has none. */
  readonly values: readonly (string | undefined)[]
  readonly series: S
}

/** What limits how much is kept. */
export interface SeriesLimits {
  /** Most values of one dimension. */
  readonly maxValues: number
  /** Most combinations, before the caller's labels are given up. */
  readonly maxSeries: number
}

/** What is told apart by a table, and how. */
export interface SeriesTableParts<S> extends SeriesLimits {
  readonly dimensions: readonly MetricDimension[]
  make(): S
}

/** A group of rows with the same labels, merged. */
export interface Grouped<S> {
  readonly labels: MetricLabels
  readonly series: S
}

const NONE = '\u0001'
const keyOf = (values: readonly (string | undefined)[]): string => values.map((value) => value ?? NONE).join('\u0000')

/**
 * What is kept for each combination of labels, in bounded memory: of each dimension the first `maxValues` values; of combinations
 * `maxSeries`, then as many again whose caller's labels are `other`, then those of all open dimensions are. Nothing is left uncounted.
 */
export class SeriesTable<S extends Mergeable> {
  readonly #parts: SeriesTableParts<S>
  readonly #values: readonly LabelValues[]
  readonly #entries = new Map<string, Entry<S>>()
  /** How often a combination was one too many, by dimension that was given up for it. */
  readonly #crowded = new Map<MetricDimension, number>()

  constructor(parts: SeriesTableParts<S>) {
    this.#parts = parts
    this.#values = parts.dimensions.map(() => new LabelValues(parts.maxValues))
  }

  /** What is kept for the combination that `read` tells. */
  at(read: (dimension: MetricDimension) => string | undefined): S {
    const { dimensions, maxSeries } = this.#parts
    const values = dimensions.map((dimension, index) => {
      const value = read(dimension)
      return value === undefined ? undefined : this.#values[index]?.of(value)
    })
    const known = this.#entries.get(keyOf(values))
    if (known) return known.series
    if (this.#entries.size < maxSeries) return this.#open(values)
    const fewer = this.#withOther(values, isAttribute)
    const room = this.#entries.size < 2 * maxSeries
    if (room || this.#entries.has(keyOf(fewer))) return this.#crowd(values, fewer)
    return this.#crowd(values, this.#withOther(values, isOpen))
  }

  /** The rows told apart by some of the dimensions only, each merged of those that agree in these. */
  grouped(by: readonly MetricDimension[]): readonly Grouped<S>[] {
    const at = by.map((dimension) => this.#parts.dimensions.indexOf(dimension))
    const groups = new Map<string, { values: readonly (string | undefined)[]; members: S[] }>()
    for (const { values, series } of this.#entries.values()) {
      const chosen = at.map((index) => values[index])
      const key = keyOf(chosen)
      const group = groups.get(key)
      if (group) group.members.push(series)
      else groups.set(key, { values: chosen, members: [series] })
    }
    return [...groups.values()].map(({ values, members }) => ({
      labels: labelsOf(by, values),
      series: this.merged(members),
    }))
  }

  /** All of them in one. */
  merged(members: readonly S[]): S {
    if (members.length === 1) return members[0] as S
    const sum = this.#parts.make()
    for (const each of members) sum.merge(each)
    return sum
  }

  /** How often a value was counted as `other`, by dimension; zeros are left out. */
  overflow(): Readonly<Record<string, number>> {
    const counts = this.#parts.dimensions.map(
      (dimension, index) =>
        [dimension, (this.#values[index]?.overflow ?? 0) + (this.#crowded.get(dimension) ?? 0)] as const,
    )
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }

  #withOther(
    values: readonly (string | undefined)[],
    gives: (dimension: MetricDimension) => boolean,
  ): readonly (string | undefined)[] {
    const { dimensions } = this.#parts
    return values.map((value, index) =>
      value !== undefined && gives(dimensions[index] as MetricDimension) ? OTHER : value,
    )
  }

  #crowd(values: readonly (string | undefined)[], fewer: readonly (string | undefined)[]): S {
    for (const [index, dimension] of this.#parts.dimensions.entries()) {
      if (values[index] !== fewer[index]) this.#crowded.set(dimension, (this.#crowded.get(dimension) ?? 0) + 1)
    }
    return this.#entries.get(keyOf(fewer))?.series ?? this.#open(fewer)
  }

  #open(values: readonly (string | undefined)[]): S {
    const series = this.#parts.make()
    this.#entries.set(keyOf(values), { values, series })
    return series
  }
}

function labelsOf(by: readonly MetricDimension[], values: readonly (string | undefined)[]): MetricLabels {
  return Object.fromEntries(
    by.flatMap((dimension, index) => {
      const value = values[index]
      return value === undefined ? [] : [[dimension, value] as const]
    }),
  )
}
