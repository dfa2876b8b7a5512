/** How many retries all calls together may make. */
export interface BudgetOptions {
  /** Retries that each call earns for all: 0.2 is one retry for five calls. From 0 to 1. Default 0.2. */
  readonly ratio?: number
  /** Retries that time earns, per second, so that a quiet service may retry too. Default 1. */
  readonly minPerSecond?: number
  /** How many may be saved up; also what a new budget starts with. Default 20. */
  readonly burst?: number
}

/** Sums of many small numbers are off by less than this. */
const ROUNDING = 1e-9

/**
 * A token bucket of retries: calls and time fill it, each retry takes one token out. Over any time, retries are at most
 * `burst + ratio × calls + minPerSecond × seconds`. It has no clock; it is told the time.
 *
 * @example
 * const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 1, burst: 20 })
 * budget.earn(clock.now()) // a call came
 * budget.take(clock.now()) // → true: it may be tried again
 *
 * @see https://sre.google/sre-book/handling-overload/
 */
export class RetryBudget {
  readonly #options: Required<BudgetOptions>
  #tokens: number
  #at: number | undefined

  constructor(options: Required<BudgetOptions>) {
    this.#options = options
    this.#tokens = options.burst
  }

  /** A call came. */
  earn(now: number): void {
    this.#fill(now)
    this.#add(this.#options.ratio)
  }

  /** Takes one retry; `false` where none is left. */
  take(now: number): boolean {
    this.#fill(now)
    if (this.#tokens < 1 - ROUNDING) return false
    this.#tokens -= 1
    return true
  }

  #fill(now: number): void {
    // pipelines that share a budget may have clocks of their own: time never goes back
    const elapsedMs = Math.max(0, now - (this.#at ?? now))
    this.#at = Math.max(this.#at ?? now, now)
    this.#add((elapsedMs / 1000) * this.#options.minPerSecond)
  }

  #add(tokens: number): void {
    this.#tokens = Math.min(this.#options.burst, this.#tokens + tokens)
  }
}
