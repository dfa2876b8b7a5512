import { cutToBytes } from '@cepa/core'

/** What stands for all values that are too many. */
export const OTHER = 'other'

/** Longest value, in bytes; what is longer is cut. */
const MAX_VALUE_BYTES = 128

/** The values of one dimension: the first that come up, then `other`. */
export class LabelValues {
  readonly #maxValues: number
  readonly #known = new Set<string>()
  /** How often `other` was given for want of room. */
  overflow = 0

  constructor(maxValues: number) {
    this.#maxValues = maxValues
  }

  /** The value as a label. */
  of(value: string): string {
    if (this.#known.has(value)) return value
    const short = cutToBytes(value, MAX_VALUE_BYTES)
    if (this.#known.has(short)) return short
    if (this.#known.size < this.#maxValues) {
      this.#known.add(short)
      return short
    }
    this.overflow += 1
    return OTHER
  }
}
