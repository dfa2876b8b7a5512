import type { Clock } from '@cepa/core'

/** Most that is taken in before the later task runs. */
const MAX_WAITING = 16_384
/** How much is handled in one task, so that a burst does not hold up the calls. */
const PER_TASK = 128

/**
 * Puts work off to a later task: what a call's hook hands in is handled when the call has gone on. In order, bounded, and never in one
 * long task.
 */
export class Intake<T> {
  readonly #clock: Clock
  readonly #handle: (entry: T) => void
  #waiting: T[] = []
  #cancel: (() => void) | undefined
  /** Entries that there was no room for. */
  overrun = 0

  constructor(clock: Clock, handle: (entry: T) => void) {
    this.#clock = clock
    this.#handle = handle
  }

  add(entry: T): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.overrun += 1
      return
    }
    this.#waiting.push(entry)
    this.#schedule()
  }

  /** Handles everything that waits, now. */
  drain(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#take(Number.POSITIVE_INFINITY)
  }

  #schedule(): void {
    if (this.#cancel) return
    this.#cancel = this.#clock.setTimer(0, () => {
      this.#cancel = undefined
      this.#take(PER_TASK)
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  #take(count: number): void {
    const taken = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    for (const entry of taken) this.#handle(entry)
  }
}
