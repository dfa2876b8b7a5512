import type { Clock } from '@cepa/core'
import type { HrTime } from '@opentelemetry/api'

/** The times of one call on the wall clock, all counted from one reading of it, so that what follows it never comes before it. */
export class CallTimes {
  readonly #epochMs: number
  readonly #now: number

  constructor(clock: Clock) {
    this.#epochMs = clock.epochMs()
    this.#now = clock.now()
  }

  /** A time of the call's clock, as OpenTelemetry takes it: seconds and nanoseconds. */
  at(now: number): HrTime {
    const ms = this.#epochMs + (now - this.#now)
    const seconds = Math.floor(ms / 1000)
    const nanos = Math.round((ms - seconds * 1000) * 1e6)
    return nanos < 1e9 ? [seconds, nanos] : [seconds + 1, 0]
  }

  /** When the times began to be counted. */
  get start(): HrTime {
    return this.at(this.#now)
  }
}
