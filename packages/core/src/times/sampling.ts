/** How much rarer timed events become with each one, and the rarest: one in so many. */
const GROWTH = 16
const RAREST = 256

/** Milliseconds that pay for one more timed event: so timing takes a quarter of a percent at most. */
const MS_PER_EVENT = 0.16
const MOST_CREDIT: number = 8 * RAREST

/** Milliseconds that an event takes from which on the next one is timed, whatever it costs. */
export const SLOW_MS = 0.1

/**
 * Which events of a call are timed one by one: the first, then ever fewer while they are quick. The time that passes meanwhile, be it
 * with waiting, hooks or the reader, pays for more of them, up to every one.
 */
export class Sampling {
  #most = 1
  #credit = 0
  #paidUntil: number

  /** @param from what has passed since then is credit already. */
  constructor(from: number) {
    this.#paidUntil = from
  }

  /**
   * How many events to leave out after one that took from `from` to `to`, on one clock.
   *
   * @param random from 0 to 1. The steps are uneven, so that nothing which comes regularly is always met or always missed.
   */
  skip(from: number, to: number, random: number): number {
    this.#credit = Math.min(this.#credit + (to - this.#paidUntil) / MS_PER_EVENT, MOST_CREDIT)
    this.#paidUntil = to
    if (to - from >= SLOW_MS) return 0
    if (this.#credit >= 1) {
      this.#credit -= 1
      return 0
    }
    this.#most = Math.min(this.#most * GROWTH, RAREST)
    return Math.floor(this.#most * (0.5 + random)) | 0
  }
}
