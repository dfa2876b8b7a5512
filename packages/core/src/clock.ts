/** The time of a pipeline: everything that waits or measures asks it, so that tests can own it. */
export interface Clock {
  /** Monotonic time in milliseconds; only differences mean something. */
  now(): number
  /** Wall-clock time in milliseconds since the Unix epoch. */
  epochMs(): number
  /**
   * Runs `run` once after `delayMs` milliseconds; returns a function that cancels it. A `background` timer does not keep
   * the process alive.
   */
  setTimer(delayMs: number, run: () => void, options?: { readonly background?: boolean }): () => void
}

interface Timers {
  performance: { now(): number }
  setTimeout(run: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

const platform = globalThis as unknown as Timers

/** Longest delay of `setTimeout`, in milliseconds: 2³¹ − 1. A longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647

/**
 * The clock of the machine: `performance.now`, `Date.now` and `setTimeout`.
 *
 * @example
 * const startedAt = systemClock.now()
 */
export const systemClock: Clock = {
  now: () => platform.performance.now(),
  epochMs: () => Date.now(),
  setTimer(delayMs, run, options) {
    const timer = platform.setTimeout(run, Math.min(delayMs, MAX_DELAY_MS))
    if (options?.background) (timer as { unref?: () => void }).unref?.()
    return () => platform.clearTimeout(timer)
  },
}
