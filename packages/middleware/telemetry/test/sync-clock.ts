import type { Clock } from '@cepa/core'

interface Timer {
  readonly dueAt: number
  readonly run: () => void
}

/** A clock for long simulations of what is synchronous: timers run within `advanceTo`, each at its own time. */
export class SyncClock implements Clock {
  #now = 0
  #timers: Timer[] = []

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.length
  }

  now(): number {
    return this.#now
  }

  epochMs(): number {
    return this.#now + 1_000_000
  }

  setTimer(delayMs: number, run: () => void): () => void {
    const timer = { dueAt: this.#now + delayMs, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  advanceTo(at: number): void {
    while (this.#timers.some(({ dueAt }) => dueAt <= at)) {
      const next = this.#timers.filter(({ dueAt }) => dueAt <= at).sort((a, b) => a.dueAt - b.dueAt)[0]
      if (next === undefined) break
      this.#timers.splice(this.#timers.indexOf(next), 1)
      this.#now = next.dueAt
      next.run()
    }
    this.#now = at
  }
}
