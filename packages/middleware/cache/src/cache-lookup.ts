import type { CacheStore, Clock } from '@cepa/core'
import { decodeAnswer, type StoredAnswer } from './answer-codec.ts'
import type { CachePass } from './cache-pass.ts'
import { isThenable } from './thenable.ts'

/** What a lookup found: an answer, nothing, or what kept the store from telling. */
export type Found =
  | { readonly kind: 'hit'; readonly answer: StoredAnswer; readonly ageMs: number }
  | { readonly kind: 'miss' }
  | { readonly kind: 'error'; readonly error: Error }

/** How a call looks up. */
export interface Lookup {
  readonly store: CacheStore
  readonly clock: Clock
  readonly pass: CachePass
  /** How old an answer may be, in milliseconds. */
  readonly ttlMs: number
  /** How long the store may take, in milliseconds. */
  readonly timeoutMs: number
}

/** Looks a key up. Never throws: a store that fails is one of the things that may be found. */
export async function lookUp(key: string, lookup: Lookup): Promise<Found> {
  const { store, clock, pass, ttlMs, timeoutMs } = lookup
  try {
    const given = store.get(key)
    const entry = isThenable(given) ? await pass.waitFor(given, clock, timeoutMs) : given
    if (entry === undefined) return { kind: 'miss' }
    const ageMs = Math.max(0, clock.epochMs() - entry.storedAt)
    if (Number.isNaN(ageMs)) throw new Error('an entry that does not say when it was stored')
    if (ageMs > ttlMs) return { kind: 'miss' }
    const answer = decodeAnswer(entry)
    return answer ? { kind: 'hit', answer, ageMs } : { kind: 'miss' }
  } catch (thrown) {
    return { kind: 'error', error: thrown instanceof Error ? thrown : new Error(`the store threw a ${typeof thrown}`) }
  }
}
