import type { EndingKind } from './ending.ts'

/** Version of the shape of a snapshot. A change that a reader could trip over raises it; new optional fields do not. */
export const METRICS_SCHEMA = 'cepa.metrics/1'

/** How many values are at most as large as a bound. */
export interface MetricBucket {
  /** The bound, which belongs to it; in the unit of the values. */
  readonly le: number
  /** Values up to the bound, those of the buckets below included. Exact. */
  readonly count: number
}

/**
 * How values are spread, in the unit that the name of its field says: milliseconds for `durationMs`, US dollars for `costUsd`. Count,
 * sum, least, greatest and buckets are exact, percentiles are within 1 %.
 */
export interface MetricSpread {
  /** Number of values: of calls in which there was one. */
  readonly count: number
  readonly sum: number
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  /** Only where they were asked for. What is above the last bound is in `count` alone. */
  readonly buckets?: readonly MetricBucket[]
}

/** Values of the dimensions that were asked for. One that a call does not have is left out; `other` stands for all that were too many. */
export type MetricLabels = Readonly<Record<string, string>>

/** What calls came to. Numbers of calls are there always; what was measured in none of them is absent, never 0. */
export interface MetricRow {
  readonly labels: MetricLabels
  /** Calls that have ended; those that a cache answered and those that were detached among them. */
  readonly calls: number
  /** How they ended; zeros are left out. */
  readonly endings: Readonly<Partial<Record<EndingKind, number>>>
  /**
   * What went wrong, by kind: the provider's (`rate-limit`, `timeout`, …), the stack's own (`cache-miss`, `closed`, `contract`, …), or
   * `internal` for any other; of calls that failed, and of those that missed a deadline. A caller who aborts or leaves is no error.
   */
  readonly errors: Readonly<Record<string, number>>
  /** Calls that outlived the one that made them. */
  readonly detachedCalls: number
  /** Tries at a provider. */
  readonly attempts: number
  /** Those after the first of their call, whichever layer made them. */
  readonly retries: number
  /** Hooks that broke while the call went on. */
  readonly faults: number
  /** Start to end. */
  readonly durationMs?: MetricSpread
  /** Waiting for what is inside. */
  readonly providerMs?: MetricSpread
  /** What readers took between events, in milliseconds, summed up. */
  readonly consumerMs: number
  /** Start to the response's headers. */
  readonly headersMs?: MetricSpread
  /** Start to the first content; of streams. */
  readonly firstTokenMs?: MetricSpread
  /** Of streams. */
  readonly outputTokensPerSecond?: MetricSpread
  /** Number of gaps between the events that bring tokens, and the sum of their lengths in milliseconds; of streams. */
  readonly tokenGaps?: number
  readonly tokenGapMs?: number
  /** Tokens that calls spent, over all their attempts. Those of a hit were spent when its answer was bought. */
  readonly inputTokens?: MetricSpread
  readonly outputTokens?: MetricSpread
  /** Parts of the input. */
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  /** Part of the output. */
  readonly reasoningTokens?: number
  /** Calls that reached a provider, and of whose tokens nothing is known. */
  readonly unmeteredCalls: number
  /** US dollars of the calls whose cost is known. */
  readonly costUsd?: MetricSpread
  /** Calls that spent something whose price is not known. */
  readonly unpricedCalls: number
  /** What a cache did, by outcome (`hit`, `miss`, …); zeros are left out. */
  readonly cacheOutcomes: Readonly<Record<string, number>>
  /** Share of the lookups that a cache answered (`hit`, `stale`, `joined`); without lookups absent. */
  readonly cacheHitRatio?: number
  /** What the answers from a cache had cost when they were bought. */
  readonly savedInputTokens?: number
  readonly savedOutputTokens?: number
  readonly savedUsd?: number
  /** How much sooner they were there, in milliseconds. */
  readonly savedMs?: number
  /** Encoded bytes of the request bodies of all attempts. */
  readonly bytesSent?: number
  /** Decoded bytes of the response bodies of all attempts. */
  readonly bytesReceived?: number
  /** The same as they came over the wire, where the transport sees them. */
  readonly wireBytesReceived?: number
}

/** What attempts came to, by the provider and model that were asked and by how the attempt ended. */
export interface AttemptMetricRow {
  readonly labels: MetricLabels
  /** Tries at a provider. */
  readonly attempts: number
  /** What went wrong, by kind. */
  readonly errors: Readonly<Record<string, number>>
  /** Start of the attempt to its end. */
  readonly durationMs?: MetricSpread
}

/** Calls that have begun and not ended. */
export interface InFlightRow {
  readonly labels: MetricLabels
  readonly calls: number
}

/** Metrics as plain data: JSON-safe, a copy. */
export interface MetricsSnapshot {
  readonly schema: typeof METRICS_SCHEMA
  /** Wall clock from when on was counted, and of the snapshot, milliseconds since the Unix epoch. */
  readonly sinceMs: number
  readonly atMs: number
  /** The dimensions that the rows are told apart by. */
  readonly by: readonly string[]
  /** All calls together. */
  readonly total: MetricRow
  /** One for each combination of values that came up, in the order in which they did. */
  readonly rows: readonly MetricRow[]
  /** The same of attempts, by those of the dimensions that attempts have: `provider`, `model`, `ending`. */
  readonly attempts: readonly AttemptMetricRow[]
  /** The same of calls in flight, without the dimensions that only an ended call has. */
  readonly inFlight: readonly InFlightRow[]
  /** How often a value was counted as `other` because there were too many, by dimension; zeros are left out. */
  readonly overflow: Readonly<Record<string, number>>
}
