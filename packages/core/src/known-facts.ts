import type { Usage } from './event.ts'
import { type FactKey, fact } from './fact.ts'

/** The id of a call, as `requestId()` made or kept it. */
export const requestIdFact: FactKey<string, 'requestId', 'in', true> = fact('requestId', 'in')

/** How the gaps between content events were spread, in milliseconds. */
export interface TokenGaps {
  /** Number of gaps: content events less one. */
  readonly count: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly maxMs: number
}

/** Where the time of a call went, in milliseconds. What did not happen is absent. */
export interface Timing {
  readonly totalMs: number
  /** Start of the call to the reply: the provider's headers, with a retry inside the first content. */
  readonly headersMs?: number
  /** Start of the call to the first content. */
  readonly firstTokenMs?: number
  readonly gaps?: TokenGaps
  /** Output tokens over the time from the first content to the end. */
  readonly outputTokensPerSecond?: number
  readonly providerMs: number
  readonly consumerMs: number
}

/** Given by `timing()` at the end. */
export const timingFact: FactKey<Timing, 'timing', 'out', true> = fact('timing', 'out')

/** Tokens of a call, told apart: what the answer is worth, and what all attempts together spent (rule A2). */
export interface CallUsage {
  /** The answer's own. */
  readonly answer?: Usage
  /** Sum over the attempts, losers too; absent where nothing was spent, or nothing is known of it. */
  readonly spent?: Usage
}

/** Given by `tokenCount()` at the end. */
export const usageFact: FactKey<CallUsage, 'usage', 'out', true> = fact('usage', 'out')

/** What a call cost, in US dollars. */
export interface CallCost {
  /** Sum over the attempts; absent where any part of it has no known price. */
  readonly usd?: number
  /** Why `usd` is absent. */
  readonly unknown?: string
  /** Each attempt's cost, in the order of the call's attempts; absent where unknown. */
  readonly attemptsUsd: readonly (number | undefined)[]
  /** Where the prices come from, and of what day. */
  readonly prices?: { readonly source: string; readonly date: string }
}

/** Given by `tokenCount({ prices })` at the end. */
export const costFact: FactKey<CallCost, 'cost', 'out', true> = fact('cost', 'out')

/** What a cache did for a call. */
export interface CacheOutcome {
  /** `record` and `refresh` asked the provider without a lookup; `error`: the store failed, or did not answer in time. */
  readonly outcome: 'hit' | 'miss' | 'stale' | 'joined' | 'bypass' | 'refresh' | 'record' | 'error'
  /** Hash of the key; never the request itself. */
  readonly keyHash?: string
  /** Age of the stored answer in milliseconds, for a hit. */
  readonly ageMs?: number
  /** Duration of the lookup in milliseconds. */
  readonly lookupMs?: number
  /** What the stored answer had used when it was bought. */
  readonly saved?: Usage
  /** What the stored answer cost when it was bought, in US dollars; absent where unknown. */
  readonly savedUsd?: number
  /** How much sooner the answer was there than when it was bought, in milliseconds. */
  readonly savedMs?: number
}

/** Given by `cache()`. */
export const cacheFact: FactKey<CacheOutcome, 'cache', 'out', true> = fact('cache', 'out')
