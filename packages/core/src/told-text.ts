import { cutToBytes } from './cut-to-bytes.ts'
import { lookedAt } from './plain-data.ts'

/** Characters of a text that are looked at, so that an error page of megabytes costs no time. */
const LOOKED_AT = 16_384
/**
 * Characters at the end of what was looked at that are not shown: a secret of several words (a card in groups) may begin there, and its
 * rest was not seen.
 */
const UNSURE = 256

/**
 * A text of somebody else's as it may be told: scrubbed first and cut then, because half a secret is not recognised as one.
 *
 * @param maxBytes at least 3; what is cut ends with an ellipsis, which counts.
 * @param scrub takes secrets out: what `textScrubber()` makes.
 *
 * @example
 * toldText(error.message, 1000, textScrubber({ patterns: [/\bACME-\d{6}\b/] }))
 */
export function toldText(text: string, maxBytes: number, scrub: (text: string) => string): string {
  if (text.length <= LOOKED_AT) return cutToBytes(scrub(text), maxBytes)
  const clean = scrub(lookedAt(text, LOOKED_AT))
  return cutToBytes(`${lookedAt(clean, Math.max(0, clean.length - UNSURE))}…`, maxBytes)
}
