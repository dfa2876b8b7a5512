import type { Clock } from '@cepa/core'

/** Most that waits for the later task. */
const MAX_WAITING = 16_384
/** How much is handled in one task, so that a burst does not hold up the calls. */
const PER_TASK = 128

/**
 * Puts work off to a later task: what a call's hook hands in is handled when the call has gone on. In order, never in one long task, and
 * nothing is let go: where more comes at once than may wait, the oldest is handled for each that comes.
 */
export class Intake<T> {
  readonly #clock: Clock
  readonly #handle: (entry: T) => void
  #waiting: T[] = []
  /** Position of the oldest: entries before it are gone, and cut off now and then. */
  #first = 0
  #cancel: (() => void) | undefined

  constructor(clock: Clock, handle: (entry: T) => void) {
    this.#clock = clock
    this.#handle = handle
  }

  add(entry: T): void {
    if (this.#length >= MAX_WAITING) this.#handle(this.#next())
    this.#waiting.push(entry)
    this.#schedule()
  }

  /** Handles everything that waits, now. */
  drain(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#take(this.#length)
  }

  get #length(): number {
    return this.#waiting.length - this.#first
  }

  #schedule(): void {
    if (this.#cancel) return
    this.#cancel = this.#clock.setTimer(0, () => {
      this.#cancel = undefined
      this.#take(PER_TASK)
      if (this.#length > 0) this.#schedule()
    })
  }

  #take(count: number): void {
    for (let left = count; left > 0 && this.#length > 0; left--) this.#handle(this.#next())
  }

  #next(): T {
    const entry = this.#waiting[this.#first] as T
    this.#first += 1
    if (this.#first * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first)
      this.#first = 0
    }
    return entry
  }
}
