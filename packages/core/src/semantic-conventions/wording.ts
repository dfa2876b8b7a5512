import { textScrubber } from '../text-scrubber.ts'
import { toldText } from '../told-text.ts'
import { type Names, namesOf, type Semconv } from './names-table.ts'

/** How attributes are worded: by which names, and how words of somebody else's are made fit to be written. */
export interface Wording {
  readonly names: Names
  /** Also report tokens that no provider told but `tokenCount()` estimated. */
  readonly estimates: boolean
  /** A word that comes again with other calls: a model, a provider, a label. */
  readonly word: (text: string) => string
  /** One that does not: an id. */
  readonly id: (text: string) => string
}

/** Longest word of somebody else's, in bytes. */
const MAX_WORD_BYTES = 200
/** How many words are remembered. */
const REMEMBERED = 512
/** A word as short as this holds no secret of a known form. */
const SHORTEST = 6

type Scrub = (text: string) => string

/**
 * The wording of a version of the conventions, for words as they come: what looks like a secret, an address or a card is taken out of
 * them, and they are cut to 200 bytes.
 *
 * @param own takes out of words what is secret, instead of `textScrubber()`; sees the shortest ones too.
 *
 * @example
 * startAttributes(record, wordingOf('released'))
 */
export function wordingOf(semconv: Semconv, estimates: boolean = false, own?: Scrub): Wording {
  const scrub = own ?? textScrubber()
  const shortest = own ? 1 : SHORTEST
  const known = new Map<string, string>()
  const id = (text: string): string => (text.length < shortest ? text : toldText(text, MAX_WORD_BYTES, scrub))
  const word = (text: string): string => {
    if (text.length < shortest || text.length > MAX_WORD_BYTES) return id(text)
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    const clean = id(text)
    if (known.size >= REMEMBERED) known.clear()
    known.set(text, clean)
    return clean
  }
  return { names: namesOf(semconv), estimates, word, id }
}
