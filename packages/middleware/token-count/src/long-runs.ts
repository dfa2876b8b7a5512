const SPACE = 0
const DIGIT = 1
const SIGN = 2
const LETTER = 3

/** What an encoder would put into one word with its neighbours. Everything beyond ASCII counts as a letter. */
function kindOf(code: number): number {
  if (code <= 32) return SPACE
  if (code > 127) return LETTER
  const low = code | 32
  if (low >= 97 && low <= 122) return LETTER
  return code >= 48 && code <= 57 ? DIGIT : SIGN
}

/** Whether a cut before `at` would part the two halves of one character. */
const splitsPair = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00

/**
 * A text in pieces in which no run of letters, spaces or signs is longer than `most`. The time that byte-pair encoders take grows with
 * the square of a word's length; a megabyte of one letter would stop the process for minutes.
 */
export function cutLongRuns(text: string, most: number): readonly string[] {
  if (text.length <= most) return [text]
  const pieces: string[] = []
  let from = 0
  let runFrom = 0
  let kind = -1
  for (let at = 0; at < text.length; at++) {
    const next = kindOf(text.charCodeAt(at))
    if (next !== kind) {
      kind = next
      runFrom = at
    } else if (at - runFrom >= most && !splitsPair(text, at)) {
      pieces.push(text.slice(from, at))
      from = at
      runFrom = at
    }
  }
  pieces.push(text.slice(from))
  return pieces
}
