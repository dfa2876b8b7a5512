import type { Account } from './account.ts'
import type { TimeSpan } from './call-times.ts'

/** How many spans are kept of a call. */
const MOST = 1024

/** Milliseconds from which on a stretch of time is a span. */
export const SPAN_MS = 0.05

interface Kept {
  /** Absent for events that were not timed one by one. */
  readonly account: Account | undefined
  readonly startMs: number
  readonly ms: number
}

/** The longer stretches of a call's time. When there are too many, the shorter half of them goes. */
export class TimeSpans {
  #kept: Kept[] = []
  #leastMs: number = SPAN_MS

  add(account: Account | undefined, startMs: number, ms: number): void {
    if (ms < this.#leastMs) return
    this.#kept.push({ account, startMs, ms })
    if (this.#kept.length > MOST) this.#halve()
  }

  /** All of them, in order. */
  read(): TimeSpan[] {
    return this.#kept.map(({ account, startMs, ms }) => {
      if (account === undefined) return { of: 'events', startMs, ms }
      const { perEvent: _perEvent, ...owner } = account.owner
      return { ...owner, startMs, ms }
    })
  }

  #halve(): void {
    const longest = this.#kept.toSorted((a, b) => b.ms - a.ms).slice(0, MOST / 2)
    this.#leastMs = (longest.at(-1) as Kept).ms
    this.#kept = longest.sort((a, b) => a.startMs - b.startMs)
  }
}
