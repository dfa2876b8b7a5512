/** Colours of the terminal's own palette, which its user can read. */
export type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'dim'

/** Select graphic rendition. @see https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ (8.3.117) */
const CODES: Readonly<Record<Color, number>> = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 }

/** Colours a text, or leaves it as it is. */
export type Paint = (color: Color, text: string) => string

/** For a terminal. */
export const inColor: Paint = (color, text) => (text === '' ? '' : `\u001b[${CODES[color]}m${text}\u001b[0m`)

/** For files, pipes, and those who do not want it. */
export const plain: Paint = (_, text) => text

/** What would end, move or colour a line: control characters, line separators, marks that turn the direction of writing. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text from outside as it may stand in a line. */
export const oneLine = (text: string): string =>
  text.replace(UNSAFE, (character) => {
    const json = JSON.stringify(character).slice(1, -1)
    return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : json
  })
