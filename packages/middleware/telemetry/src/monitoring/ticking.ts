import type { Clock } from '@cepa/core'

/** Looks again when time has gone on, for as long as there is something to see. One timer at most, and none that keeps a process alive. */
export class Ticking {
  readonly #clock: Clock
  /** Looks; tells in how many milliseconds to look again, or that there is no need to. */
  readonly #look: () => number | undefined
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(clock: Clock, look: () => number | undefined) {
    this.#clock = clock
    this.#look = look
  }

  /** Begins, unless it has begun. */
  arm(delayMs: number): void {
    if (this.#cancel || this.#stopped) return
    const again = (): void => {
      this.#cancel = undefined
      const nextMs = this.#look()
      if (nextMs !== undefined) this.arm(nextMs)
    }
    this.#cancel = this.#clock.setTimer(delayMs, again, { background: true })
  }

  get isArmed(): boolean {
    return this.#cancel !== undefined
  }

  /** Looks no more until it is armed again. */
  pause(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** Ends it for good. */
  stop(): void {
    this.#stopped = true
    this.pause()
  }
}
