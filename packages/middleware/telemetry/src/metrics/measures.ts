import type { CallRecord, MetricRow, RecordedAttempt } from '@cepa/core'
import { COST_BOUNDS, DURATION_BOUNDS, SPEED_BOUNDS, TOKEN_BOUNDS } from './bounds.ts'
import { errorKindOf } from './error-kind.ts'

type NamesOf<T> = { [K in keyof MetricRow]-?: MetricRow[K] extends T ? K : never }[keyof MetricRow]
/** Fields that are there always. */
type CountName = NamesOf<number>
/** Fields that are sums of something that may not be known. */
type SumName = Exclude<NamesOf<number | undefined>, CountName | 'cacheHitRatio'>
type SpreadName = Exclude<NamesOf<MetricRow['durationMs']>, undefined>

/** A provider bills nothing for what it refused, or what never reached it. */
const mayBeBilled = ({ status, ending, usage }: RecordedAttempt): boolean =>
  usage !== undefined || ending !== 'failed' || (status !== undefined && status < 400)

const isUnmetered = ({ spent, attempts }: CallRecord): boolean =>
  spent?.inputTokens === undefined && attempts.some(mayBeBilled)

/** What is counted of every call. */
export const COUNTS: { readonly [K in CountName]: (record: CallRecord) => number } = {
  calls: () => 1,
  detachedCalls: ({ detached }) => (detached ? 1 : 0),
  attempts: ({ attempts }) => attempts.length,
  retries: ({ attempts }) => Math.max(0, attempts.length - 1),
  consumerMs: ({ durations }) => durations.consumerMs,
  faults: ({ faults }) => faults?.length ?? 0,
  unmeteredCalls: (record) => (isUnmetered(record) ? 1 : 0),
  unpricedCalls: ({ cost }) => (cost !== undefined && cost.usd === undefined ? 1 : 0),
}

/** What is summed up of the calls that have it. */
export const SUMS: { readonly [K in SumName]: (record: CallRecord) => number | undefined } = {
  tokenGaps: ({ durations }) => durations.gaps?.count,
  tokenGapMs: ({ durations: { gaps } }) => gaps && gaps.count * gaps.meanMs,
  cacheReadTokens: ({ spent }) => spent?.cacheReadTokens,
  cacheWriteTokens: ({ spent }) => spent?.cacheWriteTokens,
  reasoningTokens: ({ spent }) => spent?.reasoningTokens,
  savedInputTokens: ({ cache }) => cache?.saved?.inputTokens,
  savedOutputTokens: ({ cache }) => cache?.saved?.outputTokens,
  savedUsd: ({ cache }) => cache?.savedUsd,
  savedMs: ({ cache }) => cache?.savedMs,
  bytesSent: ({ bytesSent }) => bytesSent,
  bytesReceived: ({ bytesReceived }) => bytesReceived,
  wireBytesReceived: ({ wireBytesReceived }) => wireBytesReceived,
}

/** A measurement whose spread is kept, and the bounds that are counted exactly. */
export interface Measurement {
  readonly bounds: readonly number[]
  of(record: CallRecord): number | undefined
}

const duration = (of: Measurement['of']): Measurement => ({ bounds: DURATION_BOUNDS, of })

/** What is measured of the calls that have it. */
export const SPREADS: { readonly [K in SpreadName]: Measurement } = {
  durationMs: duration(({ durations }) => durations.totalMs),
  providerMs: duration(({ durations }) => durations.providerMs),
  headersMs: duration(({ durations }) => durations.headersMs),
  firstTokenMs: duration(({ durations }) => durations.firstTokenMs),
  outputTokensPerSecond: { bounds: SPEED_BOUNDS, of: ({ durations }) => durations.outputTokensPerSecond },
  inputTokens: { bounds: TOKEN_BOUNDS, of: ({ spent }) => spent?.inputTokens },
  outputTokens: { bounds: TOKEN_BOUNDS, of: ({ spent }) => spent?.outputTokens },
  costUsd: { bounds: COST_BOUNDS, of: ({ cost }) => cost?.usd },
}

/** What is counted by a word of few. */
export const TALLIES: {
  readonly [K in 'endings' | 'errors' | 'cacheOutcomes']: (record: CallRecord) => string | undefined
} = {
  endings: ({ ending }) => ending,
  errors: errorKindOf,
  cacheOutcomes: ({ cache }) => cache?.outcome,
}
