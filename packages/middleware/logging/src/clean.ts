import { plainContent, type ScrubberOptions, shownData, textScrubber, toldText } from '@cepa/core'

/** How texts of somebody else's are made fit to stand in a line. */
export interface Clean {
  /** Takes secrets out of a text. */
  scrub(text: string): string
  /** Takes secrets out of a text, then cuts it. */
  text(text: string, maxBytes: number): string
  /** A value as data of its own, its texts scrubbed, as much of it as is looked at for so many bytes. */
  data(value: unknown, maxBytes: number): unknown
}

/** A word as short as this holds no secret of a known form. */
const SHORTEST = 6
/** Longest text whose scrubbed form is remembered: models, labels and messages come again with every call. */
const REMEMBERED_LENGTH = 64
/** How many are remembered. */
const REMEMBERED = 512
/** Ids have more of them than names and labels, and come once. */
const DIGITS = /(?:\d\D*){5}/

/** Remembers what short texts come to. */
function remembering(scrub: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    if (text.length > REMEMBERED_LENGTH || DIGITS.test(text)) return scrub(text)
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    const clean = scrub(text)
    if (known.size >= REMEMBERED) known.clear()
    known.set(text, clean)
    return clean
  }
}

/** Makes what cleans the lines of one layer. */
export function cleanBy(options: ScrubberOptions): Clean {
  const all = remembering(textScrubber(options))
  // patterns of one's own may be shorter
  const scrub = options.patterns?.length ? all : (text: string) => (text.length < SHORTEST ? text : all(text))
  return {
    scrub,
    text: (text, maxBytes) => toldText(text, maxBytes, scrub),
    data: (value, maxBytes) => plainContent(shownData(value, maxBytes), scrub),
  }
}
