import type { AdapterServer } from '../adapter.ts'
import type { CallRecord, RecordedDurations } from '../record.ts'
import type { RecordedAttempt } from '../recorded-attempt.ts'

/** What is known of a call when it comes. A record has all of it. */
export type DescribedStart = Pick<
  CallRecord,
  | 'id'
  | 'requestId'
  | 'pipeline'
  | 'operation'
  | 'mode'
  | 'provider'
  | 'model'
  | 'parameters'
  | 'attributes'
  | 'detached'
> & {
  /** The tier that the request asks for, where it says so. */
  readonly serviceTier?: string
  /** The server that will be asked first, where that is known. */
  readonly server?: AdapterServer | undefined
}

/** What is known of a call when it has ended. A record has all of it. */
export type DescribedCall = DescribedStart &
  Pick<
    CallRecord,
    | 'ending'
    | 'reason'
    | 'responseModel'
    | 'responseId'
    | 'finish'
    | 'choices'
    | 'error'
    | 'spent'
    | 'cost'
    | 'cache'
    | 'attempts'
  > & { readonly durations: Pick<RecordedDurations, 'totalMs' | 'firstTokenMs'> }

/**
 * The attempt that made the answer, else the last.
 *
 * @example
 * servingAttemptOf(record.attempts)?.serverAddress
 */
export const servingAttemptOf = (attempts: readonly RecordedAttempt[]): RecordedAttempt | undefined =>
  attempts.find(({ won }) => won) ?? attempts.at(-1)

/**
 * The model that the provider was asked for first: what the caller asked for without a route's prefix. Where no provider was asked it is
 * the caller's own word.
 *
 * @example
 * requestModelOf({ model: 'openai/gpt-4o', attempts: [{ …, model: 'gpt-4o' }] }) // → 'gpt-4o'
 */
export const requestModelOf = ({ attempts, model }: Pick<DescribedCall, 'attempts' | 'model'>): string =>
  attempts[0]?.model ?? model

/**
 * Whether a cache gave the answer.
 *
 * @example
 * isCacheHit({ attempts: [], cache: { outcome: 'hit' } }) // → true
 */
export const isCacheHit = ({ cache, attempts }: Pick<DescribedCall, 'cache' | 'attempts'>): boolean =>
  attempts.length === 0 && (cache?.outcome === 'hit' || cache?.outcome === 'stale' || cache?.outcome === 'joined')
