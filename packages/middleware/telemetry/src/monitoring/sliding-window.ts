/** Steps in which a window moves. */
export const STEPS = 60

/** What is counted within one step. */
export interface Step {
  clear(): void
}

/**
 * A window over the newest time, in constant memory: it moves in 60 steps of its length, and holds the step that runs and the 59 before
 * it. What is older is forgotten a step at a time.
 */
export class SlidingWindow<S extends Step> {
  readonly stepMs: number
  readonly #steps: readonly S[]
  /** Number of the step that each place holds. */
  readonly #numbers: number[]
  #newest = Number.NEGATIVE_INFINITY

  constructor(windowMs: number, make: () => S) {
    this.stepMs = windowMs / STEPS
    this.#steps = Array.from({ length: STEPS }, make)
    this.#numbers = this.#steps.map(() => Number.NEGATIVE_INFINITY)
  }

  /** The step that runs at a time. Time does not go back. */
  at(nowMs: number): S {
    const number = this.#numberOf(nowMs)
    const place = ((number % STEPS) + STEPS) % STEPS
    const step = this.#steps[place] as S
    if (this.#numbers[place] !== number) {
      step.clear()
      this.#numbers[place] = number
    }
    return step
  }

  /** The steps within the window at a time; none while nothing was counted. What they held before is forgotten. */
  within(nowMs: number): readonly S[] {
    const oldest = this.#numberOf(nowMs) - STEPS
    return this.#steps.filter((step, place) => {
      const number = this.#numbers[place] as number
      if (number > oldest) return true
      // lets go of memory, where it is not used again at once
      if (number !== Number.NEGATIVE_INFINITY) {
        step.clear()
        this.#numbers[place] = Number.NEGATIVE_INFINITY
      }
      return false
    })
  }

  /** Milliseconds until the next step begins, at least one: no timer is finer. */
  untilNext(nowMs: number): number {
    return Math.max(1, (this.#numberOf(nowMs) + 1) * this.stepMs - nowMs)
  }

  /** When the steps began that have begun since a time, as far as they matter: after so many the window holds nothing of then. */
  begunSince(thenMs: number, nowMs: number): readonly number[] {
    const first = Math.floor(thenMs / this.stepMs) + 1
    const last = Math.min(Math.floor(nowMs / this.stepMs), first + STEPS)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * this.stepMs)
  }

  #numberOf(nowMs: number): number {
    this.#newest = Math.max(this.#newest, Math.floor(nowMs / this.stepMs))
    return this.#newest
  }
}
