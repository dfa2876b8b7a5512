/** An allowance that fills up with time: `perSecond` a second, and no more than one second's worth. */
export class RateLimit {
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    // less than one a second: the first may go at once
    this.#left = Math.max(1, perSecond)
    this.#at = nowMs
  }

  /** Takes one, if there is one. */
  take(nowMs: number): boolean {
    const filled = this.#left + (Math.max(0, nowMs - this.#at) * this.#perSecond) / 1000
    this.#left = Math.min(Math.max(1, this.#perSecond), filled)
    this.#at = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
