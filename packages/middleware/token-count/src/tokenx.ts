import type { Tokenizer } from '@cepa/core'
import { estimateTokenCount } from 'tokenx'

/** Longest text that is estimated whole, in characters; of a longer one as many are taken, in pieces from all of it. */
const WHOLE_CHARACTERS = 65_536

/** Into how many pieces a sample is divided. */
const PIECES = 64

/** What stands for a text too long to be gone through: pieces at even distances, the first and the last among them. */
function sampleOf(text: string): string {
  const length = WHOLE_CHARACTERS / PIECES
  const step = (text.length - length) / (PIECES - 1)
  const pieces = Array.from({ length: PIECES }, (_, index) => {
    const from = Math.round(index * step)
    return text.slice(from, from + length)
  })
  return pieces.join('')
}

/**
 * The default tokenizer: an estimate by rules for words, numbers, punctuation and scripts, without a vocabulary. Of texts above 65,536
 * characters it goes through a sample of that size, so that no prompt holds the process up for more than a few milliseconds.
 *
 * @see https://github.com/johannschopplich/tokenx
 */
export const tokenxTokenizer: Tokenizer = {
  name: 'tokenx',
  count(text) {
    if (text.length <= WHOLE_CHARACTERS) return estimateTokenCount(text)
    const sample = sampleOf(text)
    return Math.round((estimateTokenCount(sample) * text.length) / sample.length)
  },
}
