import {
  type CacheEntry,
  type CacheStore,
  type CacheStoreStats,
  type Clock,
  checkOptions,
  having,
  integer,
  type OptionRules,
  systemClock,
} from '@cepa/core'
import { LRUCache } from 'lru-cache'

/** What {@link memoryStore} takes. */
export interface MemoryStoreOptions {
  /** Most that all entries together may take, in bytes: values, keys and 700 for each entry. Default 67,108,864 (64 MiB). */
  readonly maxBytes?: number
  /** Whose wall-clock time entries age by. Default: the machine's. */
  readonly clock?: Clock
}

/** A store in this process's memory, whose stats are always known. */
export interface MemoryStore extends CacheStore {
  get(key: string): CacheEntry | undefined
  set(key: string, entry: CacheEntry, options: { readonly ttlMs: number }): void
  delete(key: string): void
  stats(): Required<CacheStoreStats>
  /** Drops everything. */
  clear(): void
}

/** Default of `maxBytes`. */
export const DEFAULT_MAX_BYTES = 67_108_864

const RULES = {
  maxBytes: integer({ min: 1_000, default: DEFAULT_MAX_BYTES }),
  clock: having<Clock>('now', 'epochMs', 'setTimer'),
} satisfies OptionRules<MemoryStoreOptions>

/** What an entry takes beside its value and key, in bytes: its objects and its places in the tables, as measured on Node 24. */
const ENTRY_OVERHEAD = 700

/**
 * A store in memory, bounded by bytes: what was not read for longest goes first. What is too old is not given, and goes when it is asked
 * for or when room is needed. No timer runs.
 *
 * `cache()` makes one of its own; make one to share it between caches, or to ask for its `stats()`.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const store = memoryStore({ maxBytes: 16 * 2 ** 20 })
 * const chat = pipeline(openai(), cache({ scope: 'shared', store }))
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { maxBytes, clock = systemClock } = checkOptions<MemoryStoreOptions, typeof RULES>(
    'memoryStore',
    RULES,
    options,
  )
  let evictions = 0
  const entries = new LRUCache<string, CacheEntry>({
    maxSize: maxBytes,
    sizeCalculation: ({ value }, key) => value.byteLength + key.length + ENTRY_OVERHEAD,
    // asks the clock each time: the default asks once a millisecond and sets a timer to know when
    ttlResolution: 0,
    perf: { now: () => clock.epochMs() },
    dispose: (_entry, _key, reason) => {
      if (reason === 'evict') evictions += 1
    },
  })
  return {
    name: 'memory',
    get: (key) => entries.get(key),
    set: (key, entry, { ttlMs }) => void entries.set(key, entry, { ttl: ttlMs }),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    stats: () => ({ entries: entries.size, bytes: entries.calculatedSize, evictions }),
    close: () => entries.clear(),
  }
}
