import type { CallRecord, RecordedSampling } from '@cepa/core'

/** Which calls are kept whatever the ratio is. */
export interface KeepRules {
  readonly keepErrors: boolean
  /** Calls that waited longer for their provider, in milliseconds. */
  readonly slowMs: number | undefined
  /** Calls that cost as much, in US dollars. */
  readonly costlyUsd: number | undefined
}

/** What went wrong: failed calls, missed deadlines, broken hooks. A caller who aborts or leaves has done no wrong. */
const isError = ({ ending, error, faults }: CallRecord): boolean =>
  ending === 'failed' || (ending === 'aborted' && error?.kind === 'timeout') || faults !== undefined

/** Why a call is kept in any case; `undefined` for one that is left to chance. */
export function keptFor(record: CallRecord, rules: KeepRules): RecordedSampling['reason'] | undefined {
  const { keepErrors, slowMs, costlyUsd } = rules
  if (keepErrors && isError(record)) return 'error'
  if (slowMs !== undefined && record.durations.providerMs > slowMs) return 'slow'
  return costlyUsd !== undefined && (record.cost?.usd ?? 0) >= costlyUsd ? 'costly' : undefined
}
