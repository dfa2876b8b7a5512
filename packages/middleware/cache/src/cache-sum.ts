import { type CacheStoreStats, Quantiles } from '@cepa/core'
import { type CacheCounts, type CacheMeter, countsOf } from './cache-meter.ts'

/** The counts of several caches and of the stores behind them, at one moment. */
export interface CacheSum {
  readonly counts: CacheCounts
  readonly lookupMs: Quantiles
  readonly storeMs: Quantiles
  readonly resets: number
  readonly held: CacheStoreStats
}

/** Adds up what meters say now. A store that several caches share counts once. */
export function sumOf(meters: readonly CacheMeter[]): CacheSum {
  return {
    counts: countsOf((name) => meters.reduce((sum, { counts }) => sum + counts[name], 0)),
    lookupMs: mergedFrom(meters.map(({ lookupMs }) => lookupMs)),
    storeMs: mergedFrom(meters.map(({ storeMs }) => storeMs)),
    resets: meters.reduce((sum, { resets }) => sum + resets, 0),
    held: heldBy(meters),
  }
}

/** What came to a sum since an earlier one of the same caches; all of it where they were reset in between. */
export function sumSince(sum: CacheSum, earlier: CacheSum): CacheSum {
  if (sum.resets !== earlier.resets) return sum
  const { evictions } = sum.held
  return {
    ...sum,
    counts: countsOf((name) => sum.counts[name] - earlier.counts[name]),
    lookupMs: sum.lookupMs.since(earlier.lookupMs),
    storeMs: sum.storeMs.since(earlier.storeMs),
    held: {
      ...sum.held,
      ...(evictions !== undefined && { evictions: evictions - (earlier.held.evictions ?? 0) }),
    },
  }
}

function mergedFrom(parts: readonly Quantiles[]): Quantiles {
  const merged = new Quantiles()
  for (const part of parts) merged.merge(part)
  return merged
}

/** A number that one of the stores cannot tell is not known of all together either. */
function heldBy(meters: readonly CacheMeter[]): CacheStoreStats {
  const stores = new Map(meters.map((meter) => [meter.store, meter.held]))
  const total = (name: keyof CacheStoreStats): CacheStoreStats => {
    const numbers = [...stores.values()].map((held) => held[name])
    if (numbers.length === 0 || numbers.includes(undefined)) return {}
    return { [name]: numbers.reduce<number>((sum, each) => sum + (each ?? 0), 0) }
  }
  return { ...total('evictions'), ...total('entries'), ...total('bytes') }
}
