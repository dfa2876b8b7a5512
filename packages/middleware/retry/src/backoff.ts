/** How waits grow, and how they are spread. */
export interface Backoff {
  /** Longest wait before the first retry in milliseconds; doubles with each further one. */
  readonly minDelayMs: number
  /** What the doubling stops at, in milliseconds. */
  readonly maxDelayMs: number
  /** `full` draws each wait evenly between 0 and what it may be; `none` waits all of it. */
  readonly jitter: 'full' | 'none'
}

/** Part of a provider's `Retry-After` that a wait may be longer, so that callers who were told the same do not come back as one. */
const RETRY_AFTER_SPREAD = 0.1

/** Keeps 2ⁿ finite; the delay has met its maximum long before. */
const MAX_DOUBLINGS = 52

/**
 * The wait before a retry, in milliseconds: exponential backoff with full jitter.
 *
 * @param attempt the attempt that failed, from 1.
 * @param random a draw from 0 (inclusive) to 1 (exclusive).
 *
 * @example
 * backoffMs({ minDelayMs: 500, maxDelayMs: 8_000, jitter: 'none' }, 3, 0) // → 2000
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs({ minDelayMs, maxDelayMs, jitter }: Backoff, attempt: number, random: number): number {
  const longestMs = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt - 1, MAX_DOUBLINGS))
  return jitter === 'full' ? Math.round(longestMs * random) : longestMs
}

/**
 * The wait that a provider asked for, in milliseconds: never shorter than asked; with full jitter up to a tenth longer.
 *
 * @param random a draw from 0 (inclusive) to 1 (exclusive).
 */
export function askedDelayMs(retryAfterMs: number, jitter: Backoff['jitter'], random: number): number {
  return Math.ceil(jitter === 'full' ? retryAfterMs * (1 + RETRY_AFTER_SPREAD * random) : retryAfterMs)
}
