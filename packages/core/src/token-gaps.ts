import type { StreamEvent } from './event.ts'
import type { TokenGaps } from './known-facts.ts'
import { Quantiles } from './quantiles.ts'

/**
 * Whether the model's output moves on with an event: text, reasoning, a tool call and the pieces of its arguments, a file. The
 * complete `tool-call` is put together from its pieces and brings nothing new.
 */
export function isToken(event: StreamEvent): boolean {
  switch (event.type) {
    case 'text':
    case 'reasoning':
      return event.text !== ''
    case 'tool-call-delta':
      return event.argumentsText !== ''
    case 'tool-call-start':
    case 'file':
      return true
    default:
      return false
  }
}

/**
 * The gaps between tokens, in constant memory. A gap is the time between the network reads that two tokens came with: tokens that
 * came with one read have a gap of 0 between them, so that count and mean hold for tokens and the rest shows how they were bunched.
 */
export class GapMeter {
  // not a number rather than absent: a field that holds nothing but doubles is written in place
  #lastAt = Number.NaN
  /** Tokens that came with the read of the one before. */
  #joined = 0
  readonly #waits: Quantiles = new Quantiles()

  /** When the newest token came; absent while there was none. */
  get lastAt(): number | undefined {
    return Number.isNaN(this.#lastAt) ? undefined : this.#lastAt
  }

  /** A token came with the network read at `at`, in milliseconds. */
  token(at: number): void {
    // also an event that a layer made with an older time; the next gap is then measured from the newest
    if (at <= this.#lastAt) {
      this.#joined += 1
      return
    }
    this.#waits.record(at - this.#lastAt)
    this.#lastAt = at
  }

  /** What was measured; absent while there was no gap. */
  report(): TokenGaps | undefined {
    const gaps = this.#waits
    if (this.#joined > 0) gaps.record(0, this.#joined)
    this.#joined = 0
    if (gaps.count === 0) return undefined
    const known = (value: number | undefined): number => value ?? 0
    return {
      count: gaps.count,
      meanMs: known(gaps.mean),
      p50Ms: known(gaps.quantile(0.5)),
      p95Ms: known(gaps.quantile(0.95)),
      maxMs: known(gaps.max),
    }
  }
}
