import { type Adapter, layersWithin, OptionError, type Quantiles } from '@cepa/core'
import { type CacheCounts, type CacheMeter, meterOf } from './cache-meter.ts'
import { type CacheSum, sumOf, sumSince } from './cache-sum.ts'

/** How durations were spread: percentiles within 1 %, absent while there is none. */
export interface CacheDurations {
  readonly count: number
  readonly p50Ms?: number
  readonly p95Ms?: number
}

/** What hits saved, by what the stored answers had taken when they were bought. */
export interface CacheSavings {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Hits whose tokens are not known and therefore not in the sums. */
  readonly unknownUsage: number
  /** In US dollars; absent while no hit's cost is known. */
  readonly usd?: number
  /** Hits whose cost is not known and therefore not in the sum. */
  readonly unknownCost: number
  /** How much sooner the answers were there, in milliseconds, summed. */
  readonly ms: number
}

/** Counts of the caches of a pipeline, as they were when they were asked for. JSON-safe. */
export interface CacheMetrics {
  /** How many caches are summed; 0 where the pipeline has none. */
  readonly caches: number
  /** Lookups that were answered from the store, found nothing, or failed or came too late. */
  readonly hits: number
  readonly misses: number
  readonly errors: number
  /** Hits over all lookups; absent while there is none. */
  readonly hitRatio?: number
  /** Answers that were stored. */
  readonly stores: number
  /** Whole answers that were not: too large, not plain data, or the store failed. */
  readonly notStored: number
  /** Entries dropped to make room; absent where a store does not tell. So are the next two. */
  readonly evictions?: number
  /** What the stores hold now. */
  readonly entries?: number
  readonly bytes?: number
  /** How long calls waited for their lookup. */
  readonly lookups: CacheDurations
  /** How long the stores took to keep an answer; no call waits for that. */
  readonly writes: CacheDurations
  readonly saved: CacheSavings
  /**
   * What has happened since an earlier reading of the same pipeline. `entries` and `bytes` are what they are now. After a reset it is
   * all that has happened since that.
   */
  delta(earlier: CacheMetrics): CacheMetrics
  /** Sets the counts of these caches to zero. What they hold stays. */
  reset(): void
}

const durationsOf = (durations: Quantiles): CacheDurations => {
  const [p50Ms, p95Ms] = [durations.quantile(0.5), durations.quantile(0.95)]
  return { count: durations.count, ...(p50Ms !== undefined && { p50Ms }), ...(p95Ms !== undefined && { p95Ms }) }
}

const savingsOf = (counts: CacheCounts): CacheSavings => ({
  inputTokens: counts.savedInputTokens,
  outputTokens: counts.savedOutputTokens,
  unknownUsage: counts.unknownUsage,
  ...(counts.hits > counts.unknownCost && { usd: counts.savedUsd }),
  unknownCost: counts.unknownCost,
  ms: counts.savedMs,
})

/** One reading. What it was made of stays with it, out of sight of `JSON.stringify`. */
class CacheReading implements CacheMetrics {
  readonly caches: number
  readonly hits: number
  readonly misses: number
  readonly errors: number
  declare readonly hitRatio?: number
  readonly stores: number
  readonly notStored: number
  declare readonly evictions?: number
  declare readonly entries?: number
  declare readonly bytes?: number
  readonly lookups: CacheDurations
  readonly writes: CacheDurations
  readonly saved: CacheSavings
  readonly #meters: readonly CacheMeter[]
  readonly #sum: CacheSum

  constructor(meters: readonly CacheMeter[], sum: CacheSum) {
    const { hits, misses, errors, stores, notStored } = sum.counts
    this.#meters = meters
    this.#sum = sum
    this.caches = meters.length
    this.hits = hits
    this.misses = misses
    this.errors = errors
    if (hits + misses + errors > 0) this.hitRatio = hits / (hits + misses + errors)
    this.stores = stores
    this.notStored = notStored
    Object.assign(this, sum.held)
    this.lookups = durationsOf(sum.lookupMs)
    this.writes = durationsOf(sum.storeMs)
    this.saved = savingsOf(sum.counts)
  }

  delta(earlier: CacheMetrics): CacheMetrics {
    if (!(earlier instanceof CacheReading) || !sameMembers(this.#meters, earlier.#meters)) {
      throw new OptionError({
        owner: 'getCacheMetrics',
        field: 'delta',
        value: 'something else',
        remedy: 'it must be an earlier reading of the same pipeline',
      })
    }
    return new CacheReading(this.#meters, sumSince(this.#sum, earlier.#sum))
  }

  reset(): void {
    for (const meter of this.#meters) meter.reset()
  }
}

const sameMembers = (some: readonly CacheMeter[], others: readonly CacheMeter[]): boolean =>
  some.length === others.length && some.every((each) => others.includes(each))

/**
 * Reads the counts of all caches of a pipeline, and of the pipelines that it goes on to: over a route, the sum of all targets. A cache, or a
 * store, that stands in several of them counts once.
 *
 * @example
 * const before = getCacheMetrics(chat)
 * // … a minute later
 * const { hits, hitRatio, saved } = getCacheMetrics(chat).delta(before)
 */
export function getCacheMetrics(pipeline: Adapter): CacheMetrics {
  const meters = layersWithin(pipeline).flatMap((layer) => meterOf(layer) ?? [])
  return new CacheReading(meters, sumOf(meters))
}
