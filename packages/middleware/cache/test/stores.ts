import type { CacheEntry, CacheStore, ChatRequest, Clock } from '@cepa/core'
import { memoryStore } from '../src/memory-store.ts'

/** A request as most tests send it. */
export const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'two words' }] }

/** A store in memory that counts what is asked of it, with some of its methods replaced. */
export interface SpiedStore extends CacheStore {
  readonly asked: { get: number; set: number; delete: number }
  /** Every entry that was set, in order. */
  readonly kept: readonly { readonly key: string; readonly entry: CacheEntry; readonly ttlMs: number }[]
}

/** A store in memory, watched; `instead` replaces methods. */
export function spiedStore(instead: Partial<CacheStore> = {}): SpiedStore {
  const memory = memoryStore({ maxBytes: 1_000_000 })
  const asked = { get: 0, set: 0, delete: 0 }
  const kept: { key: string; entry: CacheEntry; ttlMs: number }[] = []
  return {
    name: 'spied',
    asked,
    kept,
    get(key) {
      asked.get += 1
      return (instead.get ?? memory.get)(key)
    },
    set(key, entry, options) {
      asked.set += 1
      kept.push({ key, entry, ttlMs: options.ttlMs })
      return (instead.set ?? memory.set)(key, entry, options)
    },
    delete(key) {
      asked.delete += 1
      return (instead.delete ?? memory.delete)(key)
    },
    stats: () => (instead.stats ?? memory.stats)(),
    ...(instead.close && { close: instead.close }),
  }
}

/** A store in memory that takes its time, on a clock. */
export function slowStore(clock: Clock, { getMs = 0, setMs = 0 }: { getMs?: number; setMs?: number }): SpiedStore {
  const memory = memoryStore({ maxBytes: 1_000_000 })
  const after = <T>(ms: number, run: () => T): Promise<T> =>
    new Promise((resolve) => void clock.setTimer(ms, () => resolve(run())))
  return spiedStore({
    get: (key) => after(getMs, () => memory.get(key)),
    set: (key, entry, options) => after(setMs, () => memory.set(key, entry, options)),
    stats: memory.stats,
  })
}
