import { decodedForms } from './encoded-text.ts'
import { scrubCards, scrubEmails } from './personal-data.ts'
import { REDACTED, scrubSecrets } from './secrets.ts'

/** What {@link textScrubber} takes. */
export interface ScrubberOptions {
  /** E-mail addresses. Default: `true`. */
  readonly emails?: boolean
  /** Card numbers with a right checksum. Default: `true`. */
  readonly cards?: boolean
  /** What else is secret. Flags `g` and `y` are of no matter. Default: none. */
  readonly patterns?: readonly RegExp[]
}

type Scrub = (text: string) => string

const global = (pattern: RegExp): RegExp => new RegExp(pattern.source, `${pattern.flags.replaceAll(/[gy]/g, '')}g`)

/** How deep encodings are looked into: URL-encoded base64 of URL-encoded text. */
const MAX_DEPTH = 3

/**
 * Makes a function that takes out of texts what must not leave the process: keys of the known providers, bearer tokens and whatever
 * else {@link scrubSecrets} knows, e-mail addresses, card numbers, patterns of your own. Each also where it is base64 or URL-encoded;
 * then the whole encoded word goes.
 *
 * @example
 * const scrub = textScrubber({ patterns: [/\bACME-\d{6}\b/] })
 * scrub('Mail a@b.example about ACME-123456') // → 'Mail [redacted] about [redacted]'
 */
export function textScrubber(options: ScrubberOptions = {}): Scrub {
  const { emails = true, cards = true, patterns = [] } = options
  const steps: Scrub[] = [scrubSecrets]
  if (emails) steps.push(scrubEmails)
  if (cards) steps.push(scrubCards)
  for (const pattern of patterns.map(global)) steps.push((text) => text.replace(pattern, REDACTED))
  const plain: Scrub = (text) => steps.reduce((clean, step) => step(clean), text)
  const deep = (text: string, depth: number): string => {
    let clean = plain(text)
    if (depth === 0) return clean
    for (const { word, texts } of decodedForms(clean)) {
      if (texts.some((each) => deep(each, depth - 1) !== each)) clean = clean.replaceAll(word, REDACTED)
    }
    return clean
  }
  return (text) => deep(text, MAX_DEPTH)
}
