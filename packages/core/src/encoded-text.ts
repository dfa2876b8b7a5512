/** A word of a text that may be encoded, and what it says decoded, in every way that makes sense. */
export interface DecodedForm {
  readonly word: string
  readonly texts: readonly string[]
}

const WORDS = /[^\s"'<>\\]+/g
/** An escape of URLs, or a space of forms. */
const ESCAPE = /%[\da-f]{2}|\+/i

/** Runs of the base64 alphabets, standard and for URLs, also broken into lines; shorter ones hold nothing that could be a secret. */
const BASE64 = /[\w+/-]{12,}(?:\r?\n[\w+/-]{4,})*={0,2}/g

const { atob } = globalThis as unknown as { atob(text: string): string }

/** A URL-encoded text decoded; escapes that are no UTF-8 stay. */
const unescaped = (word: string): string =>
  word.replaceAll('+', ' ').replaceAll(/(?:%[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })

/** Bytes, one a character, with what no text has replaced. */
const printable = (bytes: string): string => bytes.replaceAll(/[^\t\n\r -~]+/g, '\u0000')

/**
 * What a run says as base64, begun at each of its first four characters: it may follow other characters of the alphabet without a
 * gap (a path, a name and `_`).
 */
function fromBase64(word: string): string[] {
  const run = word
    .replaceAll(/[\r\n=]/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  return [0, 1, 2, 3].flatMap((skip) => {
    const part = run.slice(skip)
    const text = printable(atob(part.length % 4 === 1 ? part.slice(0, -1) : part))
    // what is no text at all has no run of this length
    return /[\t\n\r -~]{6}/.test(text) ? [text] : []
  })
}

/** The words of a text that may be URL-encoded or base64, with what they say. */
export function decodedForms(text: string): readonly DecodedForm[] {
  if (text.length < 8) return []
  const forms: DecodedForm[] = []
  if (text.includes('%') || text.includes('+')) {
    for (const [word] of text.matchAll(WORDS)) {
      if (ESCAPE.test(word)) forms.push({ word, texts: [unescaped(word), unescaped(word.replaceAll('+', '%2B'))] })
    }
  }
  for (const [word] of text.matchAll(BASE64)) {
    const texts = fromBase64(word)
    if (texts.length > 0) forms.push({ word, texts })
  }
  return forms
}
