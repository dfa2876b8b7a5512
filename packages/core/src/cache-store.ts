/**
 * What a store keeps under a key. Neither side changes it: a store may keep and give the very object.
 */
export interface CacheEntry {
  /** The answer as the cache encoded it. Opaque to the store. */
  readonly value: Uint8Array
  /** When it was stored, in milliseconds since the Unix epoch. A cache tells the answer's age by it, not by the store's own time. */
  readonly storedAt: number
  /** What the cache knows of the answer without decoding it: format, cost, duration. Nothing of the request. Given back as it was. */
  readonly metadata: Readonly<Record<string, string | number | boolean>>
}

/** How an entry is kept. */
export interface CacheSetOptions {
  /** How long it may be given, in milliseconds, from now on. At least 1. */
  readonly ttlMs: number
}

/** What a store holds at the moment. What it cannot tell is absent. */
export interface CacheStoreStats {
  readonly entries?: number
  /** Bytes, as the store bounds them: values with what it adds to each. */
  readonly bytes?: number
  /** Entries dropped to make room, since the store was made. */
  readonly evictions?: number
}

/**
 * Where a cache keeps its answers: in memory, in Redis, in a file. A store in memory answers at once, others by promise; a cache takes
 * both. What a store throws or rejects with, and that it does not answer in time, never fails a call; it may therefore be a plain
 * client that retries nothing.
 *
 * A store may drop any entry at any time, may keep it longer than `ttlMs` but not give it then, and never gives a part of one, nor one
 * mixed from two `set` of the same key. Keys are made of the characters `0-9 a-z : _ -`, at most 200 of them.
 *
 * Further abilities (a lease, so that one process of many asks the provider) will be further optional methods: a store without them
 * stays a store. `testCacheStore` of `@cepa/testing` holds an implementation to all of this.
 *
 * @example
 * const entries = new Map<string, CacheEntry>()
 * const store: CacheStore = {
 *   name: 'map',
 *   get: (key) => entries.get(key),
 *   set: (key, entry) => void entries.set(key, entry),
 *   delete: (key) => void entries.delete(key),
 * }
 */
export interface CacheStore {
  /** Shown by `explain()`. */
  readonly name: string
  /** The entry under a key; `undefined` where there is none, or it is too old. */
  get(key: string): CacheEntry | undefined | Promise<CacheEntry | undefined>
  /** Keeps an entry, instead of the one that was there. */
  set(key: string, entry: CacheEntry, options: CacheSetOptions): void | Promise<void>
  /** Drops the entry under a key, if there is one. */
  delete(key: string): void | Promise<void>
  /** What it holds, as far as it can tell without asking elsewhere. */
  stats?(): CacheStoreStats
  /** Releases what it holds. Called by its owner: the user, for a store that the user made. */
  close?(): void | Promise<void>
}
