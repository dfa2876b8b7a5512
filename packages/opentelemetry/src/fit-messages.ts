import { cutToBytes, plainData } from '@cepa/core'
import type { InputMessage } from '@cepa/core/semantic-conventions'

/** Messages that fit, and whether anything had to be left out for that. */
export interface Fitted<M> {
  readonly messages: readonly M[]
  readonly cut: boolean
}

/** Texts are not cut below this: the words of the form itself are shorter. */
const LEAST_TEXT_BYTES = 32

/** The bytes of UTF-8 that a text has. */
function bytesOf(text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // half of a pair is half of four bytes
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800 || (unit & 0xf800) === 0xd800) bytes += 2
    else bytes += 3
  }
  return bytes
}

const sizeOf = (value: unknown): number => bytesOf(JSON.stringify(value))

/** One message of which the texts are shortened, then the first parts left out, until it fits. */
function shortened<M extends InputMessage>(message: M, maxBytes: number): M {
  for (let most = maxBytes; most >= LEAST_TEXT_BYTES; most = Math.floor(most / 2)) {
    const cut = plainData(message, (text) => cutToBytes(text, most)) as M
    if (sizeOf([cut]) <= maxBytes) return cut
  }
  const short = plainData(message, (text) => cutToBytes(text, LEAST_TEXT_BYTES)) as M
  let { parts } = short
  while (parts.length > 0 && sizeOf([{ ...short, parts }]) > maxBytes) parts = parts.slice(Math.ceil(parts.length / 2))
  return { ...short, parts }
}

/**
 * The newest of some messages, as many as are no longer than so many bytes of UTF-8 as JSON. What is cut is cut within texts, between
 * two characters: the form stays.
 *
 * @param maxBytes at least 256.
 */
export function fitMessages<M extends InputMessage>(messages: readonly M[], maxBytes: number): Fitted<M> {
  let left = maxBytes - 2
  let first = messages.length
  while (first > 0) {
    left -= sizeOf(messages[first - 1]) + 1
    if (left < -1) break
    first -= 1
  }
  if (first === 0) return { messages, cut: false }
  const newest = messages.slice(first)
  const last = messages.at(-1)
  if (newest.length > 0 || last === undefined) return { messages: newest, cut: true }
  return { messages: [shortened(last, maxBytes)], cut: true }
}
