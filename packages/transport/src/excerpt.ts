import type { Redact } from './redact.ts'

/** Longest excerpt, in characters. */
const MAX_LENGTH = 300

/** Text cut to what a message can bear: one line, printable, at most `maxLength` characters. */
export function cutText(text: string, maxLength: number = MAX_LENGTH): string {
  // cut first, generously: the text may be megabytes long
  const line = text
    .slice(0, maxLength * 4)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0020\u007f-\u009f\u2028\u2029\ufeff]+/g, ' ')
    .trim()
  return line.length > maxLength || text.length > maxLength * 4 ? `${line.slice(0, maxLength)}…` : line
}

const TITLE = /<title[^>]*>([^<]*)<\/title>/i
const HEADING = /<h1[^>]*>([^<]*)<\/h1>/i

/**
 * What a body that is no answer looks like, in words: an HTML page by its title, other text by its beginning.
 *
 * @example
 * describeBody('<html><title>502 Bad Gateway</title>', redact) // → 'an HTML page "502 Bad Gateway"'
 */
export function describeBody(text: string, redact: Redact): string {
  // redacted before it is cut: a secret must not escape by being cut in two
  const clean = redact(text)
  if (clean.trim() === '') return 'an empty body'
  if (/^\s*<(?:!doctype html|html|head|body)\b/i.test(clean)) {
    const title = (TITLE.exec(clean) ?? HEADING.exec(clean))?.[1]?.trim()
    return title ? `an HTML page "${cutText(title, 100)}"` : 'an HTML page'
  }
  return `"${cutText(clean)}"`
}
