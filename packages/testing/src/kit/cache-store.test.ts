import type { CacheEntry, CacheSetOptions, CacheStore, Clock } from '@cepa/core'
import { expect, test } from 'vitest'
import { virtualClock } from '../virtual-clock.ts'
import { type CacheStoreKitOptions, checkCacheStore, testCacheStore } from './cache-store.ts'
import { KitError } from './report.ts'

interface Kept {
  readonly entry: CacheEntry
  readonly until: number
}

/** A small sound store; what a test breaks is put in its place. */
class MapStore implements CacheStore {
  readonly name: string = 'map'
  readonly map = new Map<string, Kept>()
  evictions = 0
  readonly clock: Clock
  readonly maxBytes: number
  constructor(clock: Clock, maxBytes: number) {
    this.clock = clock
    this.maxBytes = maxBytes
  }
  get(key: string): CacheEntry | undefined | Promise<CacheEntry | undefined> {
    const kept = this.map.get(key)
    return kept && this.clock.now() <= kept.until ? kept.entry : undefined
  }
  set(key: string, entry: CacheEntry, { ttlMs }: CacheSetOptions): void | Promise<void> {
    this.map.delete(key)
    this.map.set(key, { entry, until: this.clock.now() + ttlMs })
    while (this.bytes > this.maxBytes) this.evict()
  }
  evict(): void {
    this.map.delete(this.map.keys().next().value as string)
    this.evictions += 1
  }
  delete(key: string): void | Promise<void> {
    this.map.delete(key)
  }
  stats(): { readonly entries: number; readonly bytes: number; readonly evictions: number } {
    return { entries: this.map.size, bytes: this.bytes, evictions: this.evictions }
  }
  close(): void {
    this.map.clear()
  }
  get bytes(): number {
    let bytes = 0
    for (const { entry } of this.map.values()) bytes += entry.value.byteLength + 100
    return bytes
  }
}

const kitFor = (make: (clock: Clock, maxBytes: number) => CacheStore): CacheStoreKitOptions => {
  const clock = virtualClock()
  return { make: () => make(clock, 50_000), advance: (ms) => clock.advance(ms), maxBytes: 50_000 }
}

test('a sound store passes, by values and by promises', async () => {
  const { checks, subject } = await testCacheStore(kitFor((...parts) => new MapStore(...parts)))
  expect(subject).toBe('map')
  expect(new Set(checks.map(({ rule }) => rule)).size).toBe(10)
  class Later extends MapStore {
    override get = async (key: string): Promise<CacheEntry | undefined> => super.get(key)
    override set = async (key: string, entry: CacheEntry, options: CacheSetOptions): Promise<void> =>
      super.set(key, entry, options)
    override delete = async (key: string): Promise<void> => super.delete(key)
  }
  await testCacheStore(kitFor((...parts) => new Later(...parts)))
})

test('a store without clock, bound and stats is waited for', async () => {
  const real = { now: () => performance.now() } as Clock
  class Bare implements CacheStore {
    readonly name = 'bare'
    readonly #map = new MapStore(real, Number.POSITIVE_INFINITY)
    get = (key: string) => this.#map.get(key)
    set = (key: string, entry: CacheEntry, options: CacheSetOptions) => this.#map.set(key, entry, options)
    delete = (key: string) => this.#map.delete(key)
  }
  expect((await testCacheStore({ make: () => new Bare() })).broken).toEqual([])
})

/** One broken store for each rule, and more where a rule is broken in several ways. */
const BROKEN: readonly (readonly [what: string, rule: string, Store: typeof MapStore])[] = [
  [
    'null for what is not there',
    'S1',
    class extends MapStore {
      override get = (key: string): CacheEntry => (super.get(key) ?? null) as CacheEntry
    },
  ],
  [
    'an entry under every key',
    'S1',
    class extends MapStore {
      override get = (key: string) => super.get(key) ?? { value: new Uint8Array(), storedAt: 0, metadata: {} }
    },
  ],
  [
    'metadata is lost',
    'S2',
    class extends MapStore {
      override set = (key: string, entry: CacheEntry, options: CacheSetOptions) =>
        super.set(key, { ...entry, metadata: {} }, options)
    },
  ],
  [
    'an entry is given once',
    'S2',
    class extends MapStore {
      override get = (key: string) => {
        const entry = super.get(key)
        this.map.delete(key)
        return entry
      }
    },
  ],
  [
    'the entry that it is handed is changed',
    'S2',
    class extends MapStore {
      override set = (key: string, entry: CacheEntry, options: CacheSetOptions) => {
        super.set(key, { ...entry, value: entry.value.slice() }, options)
        entry.value.fill(0)
      }
    },
  ],
  [
    'bytes go through UTF-8',
    'S3',
    class extends MapStore {
      override set = (key: string, entry: CacheEntry, options: CacheSetOptions) =>
        super.set(key, { ...entry, value: new TextEncoder().encode(new TextDecoder().decode(entry.value)) }, options)
    },
  ],
  [
    'keys are cut',
    'S4',
    class extends MapStore {
      override get = (key: string) => super.get(key.slice(0, 64))
      override set = (key: string, entry: CacheEntry, options: CacheSetOptions) =>
        super.set(key.slice(0, 64), entry, options)
    },
  ],
  [
    'the first entry stays',
    'S5',
    class extends MapStore {
      override set = (key: string, entry: CacheEntry, options: CacheSetOptions) =>
        this.map.has(key) ? undefined : super.set(key, entry, options)
    },
  ],
  [
    'metadata of two entries is mixed',
    'S5',
    class extends MapStore {
      override set = (key: string, entry: CacheEntry, options: CacheSetOptions) => {
        const old = this.map.get(key)?.entry.metadata
        super.set(key, { ...entry, metadata: { ...old, ...entry.metadata } }, options)
      }
    },
  ],
  [
    'delete drops all',
    'S6',
    class extends MapStore {
      override delete = () => this.map.clear()
    },
  ],
  [
    'delete drops nothing',
    'S6',
    class extends MapStore {
      override delete = () => undefined
    },
  ],
  [
    'delete fails for what is not there',
    'S6',
    class extends MapStore {
      override delete = (key: string) => {
        if (!this.map.delete(key)) throw new Error('no such key')
      }
    },
  ],
  [
    'what is too old is given',
    'S7',
    class extends MapStore {
      override get = (key: string) => this.map.get(key)?.entry
    },
  ],
  [
    'what is not too old is not given',
    'S7',
    class extends MapStore {
      override set = (key: string, entry: CacheEntry, { ttlMs }: CacheSetOptions) =>
        super.set(key, entry, { ttlMs: ttlMs / 2 })
    },
  ],
  [
    'the age of the first entry stays',
    'S7',
    class extends MapStore {
      override set = (key: string, entry: CacheEntry, options: CacheSetOptions) => {
        const old = this.map.get(key)?.until
        super.set(key, entry, options)
        if (old !== undefined) this.map.set(key, { entry, until: old })
      }
    },
  ],
  [
    'two sets at once are mixed',
    'S8',
    class extends MapStore {
      override set = async (key: string, { value, ...rest }: CacheEntry, options: CacheSetOptions) => {
        super.set(key, { ...rest, value }, options)
        for (let turn = value.byteLength; turn < 200; turn += 50) await undefined
        super.set(key, { ...rest, value: this.map.get(key)?.entry.value ?? value }, options)
      }
    },
  ],
  [
    'stats do not follow',
    'S9',
    class extends MapStore {
      override stats = () => ({ entries: 7, bytes: 7, evictions: 0 })
    },
  ],
  [
    'stats are no numbers',
    'S9',
    class extends MapStore {
      override stats = () => ({ ...super.stats(), bytes: Number.NaN })
    },
  ],
  [
    'close fails',
    'S9',
    class extends MapStore {
      override close = () => {
        throw new Error('busy')
      }
    },
  ],
  [
    'the bound does not hold',
    'S10',
    class extends MapStore {
      constructor(clock: Clock) {
        super(clock, 1_000_000)
      }
    },
  ],
  [
    'the newest entry goes first',
    'S10',
    class extends MapStore {
      override evict = () => {
        this.map.delete([...this.map.keys()].at(-1) as string)
        this.evictions += 1
      }
    },
  ],
  [
    'evictions are not counted',
    'S10',
    class extends MapStore {
      override evict = () => {
        this.map.delete(this.map.keys().next().value as string)
      }
    },
  ],
]

test.each(BROKEN)('finds: %s', async (_what, rule, Store) => {
  const options = kitFor((...parts) => new Store(...parts))
  const { brokenRules } = await checkCacheStore(options)
  expect(brokenRules).toContain(rule)
  await expect(testCacheStore(options)).rejects.toThrow(KitError)
})

test('there is a broken store for every rule', () => {
  expect([...new Set(BROKEN.map(([, rule]) => rule))]).toHaveLength(10)
  expect(BROKEN).toHaveLength(22)
})
