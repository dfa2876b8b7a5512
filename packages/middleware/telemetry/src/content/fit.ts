import { cutToBytes } from '@cepa/core'

const encoder = new (
  globalThis as unknown as { TextEncoder: new () => { encode(text: string): Uint8Array } }
).TextEncoder()

/** Below this a cut text is not worth its ellipsis. */
const LEAST_TEXT_BYTES = 3

const bytesOf = (text: string): number => encoder.encode(text).byteLength

/** How much the names of emptied fields may cost beside what was allowed. */
const SLACK_BYTES = 1024

/** What a value costs as JSON beside its texts: quotes, commas, braces. */
const FRAME_BYTES = 2

/**
 * Cuts plain data so that its texts and names fit into so many bytes of UTF-8 together, each between two characters. What comes first is
 * kept, and the form stays: texts end with an ellipsis or are empty, lists get shorter, only objects of very many fields lose some.
 */
export class Fit {
  #left: number
  /** Bytes that were left out. */
  cutBytes = 0

  constructor(maxBytes: number) {
    this.#left = maxBytes
  }

  get leftBytes(): number {
    return this.#left
  }

  of(value: unknown): unknown {
    this.#left -= FRAME_BYTES
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return this.#list(value)
    if (typeof value === 'object' && value !== null) return this.#fields(value)
    return value
  }

  /** A text, or what of it fits. */
  text(text: string): string {
    const bytes = bytesOf(text)
    if (bytes <= this.#left) {
      this.#left -= bytes
      return text
    }
    const kept = this.#left < LEAST_TEXT_BYTES ? '' : cutToBytes(text, this.#left)
    this.cutBytes += Math.max(0, bytes - bytesOf(kept))
    this.#left = Math.min(this.#left, 0)
    return kept
  }

  /** Counts what is left out whole. */
  drop(value: unknown): void {
    this.cutBytes += bytesOf(JSON.stringify(value) ?? '')
  }

  #list(values: readonly unknown[]): unknown[] {
    const kept: unknown[] = []
    for (const each of values) {
      if (this.#left > 0) kept.push(this.of(each))
      else this.drop(each)
    }
    return kept
  }

  #fields(value: object): Record<string, unknown> {
    const kept: [string, unknown][] = []
    for (const [name, each] of Object.entries(value)) {
      this.#left -= bytesOf(name) + FRAME_BYTES
      if (this.#left > -SLACK_BYTES) kept.push([name, this.of(each)])
      else this.drop(each)
    }
    return Object.fromEntries(kept)
  }
}

/** Whether a value fits whole; its texts and names counted as {@link Fit} counts them. */
export function fitted<T>(value: T, maxBytes: number): { readonly value: T; readonly cutBytes: number } {
  const fit = new Fit(maxBytes)
  const made = fit.of(value) as T
  return { value: made, cutBytes: fit.cutBytes }
}
