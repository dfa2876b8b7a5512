/** Random draws that are the same for the same seed. */
export interface Draw {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number
  /** One of several. */
  oneOf<T>(items: readonly T[]): T
  /** Whether something with this probability, from 0 to 1, comes about. */
  chance(probability: number): boolean
}

/**
 * Draws by mulberry32, a generator of 32 bits of state.
 *
 * @param seed any whole number.
 *
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 *
 * @example
 * drawFrom(7).between(1, 6) // the same each time
 */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    oneOf: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    chance: (probability) => next() < probability,
  }
}
