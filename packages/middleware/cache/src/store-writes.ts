import type { CacheEntry, CacheStore, Clock } from '@cepa/core'
import type { CacheMeter } from './cache-meter.ts'
import { isThenable } from './thenable.ts'

/** Most writes that may be under way; what comes while a store is that far behind is not stored. */
const MAX_PENDING = 100
/** A write that takes longer is given up, in milliseconds. */
const WRITE_LIMIT_MS = 5_000

/** One write. */
export interface Write {
  readonly key: string
  readonly entry: CacheEntry
  readonly ttlMs: number
  /** Leaves an entry that is there and not older than `ttlMs` as it is. */
  readonly onlyIfAbsent: boolean
  readonly clock: Clock
}

/** Writes to a store without anybody waiting for it. What fails is counted. */
export class StoreWrites {
  readonly #store: CacheStore
  readonly #meter: CacheMeter
  readonly #pending = new Set<Promise<void>>()

  constructor(store: CacheStore, meter: CacheMeter) {
    this.#store = store
    this.#meter = meter
  }

  /** Begins a write; at once where the store is in memory. Never throws. */
  begin(write: Write): void {
    if (this.#pending.size >= MAX_PENDING) {
      this.#meter.notStored()
      return
    }
    const { clock } = write
    const startedAt = clock.now()
    const written = (kept: boolean): void => {
      if (kept) this.#meter.stored(clock.now() - startedAt)
    }
    try {
      const answer = write.onlyIfAbsent ? this.#keepIfAbsent(write) : this.#keep(write)
      if (isThenable(answer)) this.#follow(answer, clock, written)
      else written(answer)
    } catch {
      this.#meter.notStored()
    }
  }

  /** Settles when no write is under way: after {@link WRITE_LIMIT_MS} at the latest. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending)
  }

  #follow(answer: PromiseLike<boolean>, clock: Clock, written: (kept: boolean) => void): void {
    const pending = new Promise<boolean>((resolve, reject) => {
      const cancel = clock.setTimer(WRITE_LIMIT_MS, () => reject(new Error('late')), { background: true })
      answer.then(resolve, reject).then(cancel)
    })
      .then(written, () => this.#meter.notStored())
      .then(() => void this.#pending.delete(pending))
    this.#pending.add(pending)
  }

  #keep({ key, entry, ttlMs }: Write): boolean | PromiseLike<boolean> {
    const answer = this.#store.set(key, entry, { ttlMs })
    return isThenable(answer) ? answer.then(() => true) : true
  }

  #keepIfAbsent(write: Write): boolean | PromiseLike<boolean> {
    const keep = (there: CacheEntry | undefined) => {
      const fresh = there !== undefined && write.entry.storedAt - there.storedAt <= write.ttlMs
      return fresh ? false : this.#keep(write)
    }
    const there = this.#store.get(write.key)
    return isThenable(there) ? there.then(keep) : keep(there)
  }
}
