import { CepaError, ProviderError } from '@cepa/core'
import { askedDelayMs, backoffMs } from './backoff.ts'
import type { RetryOn, RetrySettings } from './retry-options.ts'

/** An attempt that failed before any content. */
export interface Failure {
  readonly error: Error
  /** From 1. */
  readonly attempt: number
}

/** What follows a failed attempt: another after a wait, or none and why. */
export type Decision = { readonly delayMs: number } | { readonly stopped: string }

/** What a decision is made by. */
export interface Judge {
  readonly settings: RetrySettings
  readonly retryOn?: RetryOn | undefined
  readonly random: () => number
}

/** An abort, and what the stack itself says, will be said again: only failures at the provider and foreign errors may go away. */
const isFinal = (error: Error): boolean => error instanceof CepaError && !(error instanceof ProviderError)

function refusal({ error, attempt }: Failure, { retryOn }: Judge): string | undefined {
  if (isFinal(error)) return 'not retryable'
  const said = retryOn?.(error, attempt)
  if (said === false) return 'retryOn said no'
  const retryable = said ?? (error instanceof ProviderError && error.retryable)
  return retryable ? undefined : 'not retryable'
}

/**
 * What to do about a failed attempt. Pure: no clock, no budget.
 *
 * @throws what `retryOn` throws.
 */
export function decide(failure: Failure, judge: Judge): Decision {
  const refused = refusal(failure, judge)
  if (refused !== undefined) return { stopped: refused }
  const { settings, random } = judge
  const { attempts, maxRetryAfterMs, jitter } = settings
  const { error, attempt } = failure
  if (attempt >= attempts) return { stopped: attempts === 1 ? 'one attempt only' : `the last of ${attempts} attempts` }
  const retryAfterMs = error instanceof ProviderError ? (error.retryAfterMs ?? 0) : 0
  if (retryAfterMs > maxRetryAfterMs) {
    return { stopped: `the provider asks to wait ${retryAfterMs} ms, above the ceiling of ${maxRetryAfterMs} ms` }
  }
  if (retryAfterMs > 0) return { delayMs: askedDelayMs(retryAfterMs, jitter, random()) }
  return { delayMs: backoffMs(settings, attempt, random()) }
}
