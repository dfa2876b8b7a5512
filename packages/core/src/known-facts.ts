import type { Usage } from './event.ts'
import { type FactKey, fact } from './fact.ts'

/** The id of a call, as `requestId()` made or kept it. */
export const requestIdFact: FactKey<string, 'requestId', 'in', true> = fact('requestId', 'in')

/**
 * How the gaps between the events that bring tokens were spread, in milliseconds: text, reasoning, tool calls and the pieces of
 * their arguments, files. Events of one network read have a gap of 0. Percentiles are within 1 %, the rest is exact.
 */
export interface TokenGaps {
  /** Number of gaps: events less one. */
  readonly count: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly maxMs: number
}

/**
 * Where the time of a call went, in milliseconds, counted from when it entered the layer that measures. What did not happen is
 * absent; of a whole answer so are first token, gaps and speed, because its events come at once.
 */
export interface Timing {
  /** Start to end: `providerMs` and `consumerMs` together. */
  readonly totalMs: number
  /** Start to the response's headers, of the attempt that made the answer, else of the last that had any. */
  readonly headersMs?: number
  /** Start to the first content. */
  readonly firstTokenMs?: number
  readonly gaps?: TokenGaps
  /** Output tokens that were sent, over the time from the first content to the last token. */
  readonly outputTokensPerSecond?: number
  /** Waiting for what is inside. */
  readonly providerMs: number
  /** What is outside took between events. */
  readonly consumerMs: number
}

/** Given by `timing()` at the end. */
export const timingFact: FactKey<Timing, 'timing', 'out', true> = fact('timing', 'out')

/**
 * Tokens of a call, told apart: what the answer is worth, and what all attempts together spent (rule A2). Each number is of its
 * usage's `source`: `provider` told it, it is an `estimate`, or both (`partial`), as when a stream was cut short.
 */
export interface CallUsage {
  /** The answer's own; of an answer from a cache, what it had used when it was bought, with the source `cache`. */
  readonly answer?: Usage
  /**
   * Sum over the attempts, losers too; absent where nothing was spent, or nothing is known of it. Its source is that of its least
   * certain part; input and output are absent where they are not known of every attempt that was billed.
   */
  readonly spent?: Usage
  /** Each attempt's, in the order of the call's attempts; `undefined` where nothing was spent, or nothing is known of it. */
  readonly attempts: readonly (Usage | undefined)[]
}

/** Given by `tokenCount()` at the end. */
export const usageFact: FactKey<CallUsage, 'usage', 'out', true> = fact('usage', 'out')

/** Where prices come from, and of what day (`YYYY-MM-DD`) they are. */
export interface PriceOrigin {
  readonly source: string
  readonly date: string
}

/** What one attempt cost. */
export interface AttemptCost {
  /** US dollars, 0 for an attempt that the provider did not bill; absent where unknown. */
  readonly usd?: number
  /** Why `usd` is absent. */
  readonly unknown?: string
  /** Where the tokens come from that were priced; absent where none were. */
  readonly basis?: Usage['source']
  /** US dollars by part: `input`, `cacheRead`, `output`, `web_search`, … */
  readonly parts?: Readonly<Record<string, number>>
  readonly prices?: PriceOrigin
}

/** What a call cost, in US dollars. */
export interface CallCost {
  /** Sum over the attempts, losers too; absent where any part of it has no known price. */
  readonly usd?: number
  /** Why `usd` is absent. */
  readonly unknown?: string
  /** Where the tokens come from that were priced: the least certain of the attempts'; absent where none were. */
  readonly basis?: Usage['source']
  /** Each attempt's, in the order of the call's attempts. */
  readonly attempts: readonly AttemptCost[]
  /** Of several tables all sources, and the oldest day. */
  readonly prices?: PriceOrigin
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
