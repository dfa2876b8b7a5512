const FIRST_MS = 500
const MAX_MS = 30_000
/** Longest wait that a destination may ask for. */
const MAX_ASKED_MS = 120_000

/**
 * How long to wait before the next try of a batch, in milliseconds: what the destination asked for, else exponential with full jitter.
 *
 * @param failed number of tries that have failed, from 1.
 * @param random from 0 to 1.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (full jitter)
 */
export function backoffMs(failed: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return Math.min(Math.max(0, retryAfterMs), MAX_ASKED_MS)
  return Math.min(MAX_MS, FIRST_MS * 2 ** (failed - 1)) * random
}
