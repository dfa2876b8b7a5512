import { type CacheStore, type CacheStoreStats, Quantiles } from '@cepa/core'
import type { Purchase } from './answer-codec.ts'

/** What a cache counts. */
export const COUNT_NAMES = [
  'hits',
  'misses',
  'errors',
  'stores',
  'notStored',
  'savedInputTokens',
  'savedOutputTokens',
  'savedUsd',
  'savedMs',
  /** Hits on answers whose tokens, or cost, are not known. */
  'unknownUsage',
  'unknownCost',
] as const

/** A number for each of them. */
export type CacheCounts = Record<(typeof COUNT_NAMES)[number], number>

/** Counts made of a number for each name. */
export const countsOf = (count: (name: keyof CacheCounts) => number): CacheCounts =>
  Object.fromEntries(COUNT_NAMES.map((name) => [name, count(name)])) as CacheCounts

/** The live counts of one cache, in constant memory. */
export class CacheMeter {
  readonly store: CacheStore
  counts: CacheCounts = countsOf(() => 0)
  readonly lookupMs: Quantiles = new Quantiles()
  readonly storeMs: Quantiles = new Quantiles()
  /** How often it was reset. */
  resets = 0
  #evictedBefore: number

  constructor(store: CacheStore) {
    this.store = store
    this.#evictedBefore = this.#evicted
  }

  hit(lookupMs: number, savedMs: number, { usage, costUsd }: Purchase): void {
    const { counts } = this
    counts.hits += 1
    counts.savedMs += savedMs
    counts.unknownUsage += usage === undefined ? 1 : 0
    counts.savedInputTokens += usage?.inputTokens ?? 0
    counts.savedOutputTokens += usage?.outputTokens ?? 0
    counts.unknownCost += costUsd === undefined ? 1 : 0
    counts.savedUsd += costUsd ?? 0
    this.lookupMs.record(lookupMs)
  }

  /** Nothing was found: there is nothing, or the store failed or did not answer in time. */
  noHit(lookupMs: number, why: 'misses' | 'errors'): void {
    this.counts[why] += 1
    this.lookupMs.record(lookupMs)
  }

  stored(storeMs: number): void {
    this.counts.stores += 1
    this.storeMs.record(storeMs)
  }

  /** A whole answer was not stored: too large, no data, or the store failed. */
  notStored(): void {
    this.counts.notStored += 1
  }

  reset(): void {
    this.counts = countsOf(() => 0)
    this.lookupMs.reset()
    this.storeMs.reset()
    this.resets += 1
    this.#evictedBefore = this.#evicted
  }

  /** What the store holds, its evictions counted from the last reset. */
  get held(): CacheStoreStats {
    const stats = this.#stats
    return stats.evictions === undefined ? stats : { ...stats, evictions: stats.evictions - this.#evictedBefore }
  }

  get #evicted(): number {
    return this.#stats.evictions ?? 0
  }

  get #stats(): CacheStoreStats {
    try {
      return this.store.stats?.() ?? {}
    } catch {
      // what a store cannot tell is absent
      return {}
    }
  }
}

const METER: unique symbol = Symbol('cepa.cache.meter')

/** Lets a cache be asked for its counts. */
export const carryMeter = <M extends object>(cache: M, meter: CacheMeter): M =>
  Object.defineProperty(cache, METER, { value: meter })

/** The counts of a layer; `undefined` for one that is no cache. */
export const meterOf = (layer: object): CacheMeter | undefined => (layer as { [METER]?: CacheMeter })[METER]
