import { cutToBytes } from '@cepa/core'
import type { Answerer } from '../answerer.ts'
import { CallSeries } from './call-series.ts'

/** What stands for all that are too many. */
export const OTHER = 'other'

/** Longest name, in bytes; what is longer is cut. */
const MAX_NAME_BYTES = 128

/** The series of one provider and model. */
export interface Entry extends Answerer {
  readonly series: CallSeries
}

/**
 * A series for each provider and model, in bounded memory: the first `maxModels` pairs; of further ones the model is `other`, and so is
 * the provider if it is a new one too. Nothing is left uncounted.
 */
export class SeriesTable {
  readonly #maxModels: number
  readonly #entries = new Map<string, Entry>()
  readonly #providers = new Set<string>()
  /** How many calls were counted as `other` for want of room. */
  overflow = 0

  constructor(maxModels: number) {
    this.#maxModels = maxModels
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()]
  }

  at(answerer: Answerer): CallSeries {
    const known = this.#entries.get(keyOf(answerer))
    if (known) return known.series
    const provider = cutToBytes(answerer.provider, MAX_NAME_BYTES)
    const model = cutToBytes(answerer.model, MAX_NAME_BYTES)
    const cut = this.#entries.get(keyOf({ provider, model }))
    if (cut) return cut.series
    if (this.#entries.size < this.#maxModels) return this.#open({ provider, model })
    this.overflow += 1
    const other = { provider: this.#providers.has(provider) ? provider : OTHER, model: OTHER }
    return this.#entries.get(keyOf(other))?.series ?? this.#open(other)
  }

  #open(answerer: Answerer): CallSeries {
    const series = new CallSeries()
    this.#providers.add(answerer.provider)
    this.#entries.set(keyOf(answerer), { provider: answerer.provider, model: answerer.model, series })
    return series
  }
}

const keyOf = ({ provider, model }: Answerer): string => `${provider}\u0000${model}`

/** All of them in one. */
export function mergedSeries(entries: readonly Entry[]): CallSeries {
  const sum = new CallSeries()
  for (const { series } of entries) sum.merge(series)
  return sum
}
