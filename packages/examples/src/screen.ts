/** Colours on a terminal only, and never where NO_COLOR asks for none. @see https://no-color.org */
const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR

const style =
  (open: number, close: number) =>
  (text: string): string =>
    coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text

export const bold: (text: string) => string = style(1, 22)
export const dim: (text: string) => string = style(2, 22)

const NARROWEST = 60
const WIDEST = 120

/** How long lines are. */
export const width: number = Math.min(WIDEST, Math.max(NARROWEST, process.stdout.columns ?? WIDEST))

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no place on the screen
const COLOURS = /\u001b\[\d+m/g

/** How much room a text takes. */
const roomOf = (text: string): number => text.replaceAll(COLOURS, '').length

/** What stays together: what stands between two dots, unless that is long, else a word. */
const piecesOf = (line: string): string[] =>
  line.split(/(?<= · )/).flatMap((part) => (roomOf(part) > width / 2 ? part.split(/(?<=\S )/) : [part]))

/**
 * A long line as several, broken between words.
 *
 * @param hang how far the lines after the first are indented.
 */
export function wrap(line: string, hang: number): string {
  const lines: string[] = []
  let current = ''
  for (const piece of piecesOf(line)) {
    if (roomOf(current) + roomOf(piece.trimEnd()) > width && current.trim() !== '') {
      lines.push(current.trimEnd())
      current = ' '.repeat(hang)
    }
    current += piece
  }
  return [...lines, current].join('\n')
}

let column = 0

/** Writes a part of a line. */
export function write(text: string): void {
  process.stdout.write(text)
  const last = text.lastIndexOf('\n')
  column = last === -1 ? column + text.length : text.length - last - 1
}

/** Ends a line that was begun. */
export function breakLine(): void {
  if (column > 0) write('\n')
}

/** How much room there still is in the line that was begun. */
export const roomLeft = (): number => width - column

/** Writes a whole line, not into one that an answer has begun. */
export function print(line: string, hang = 0): void {
  breakLine()
  console.log(wrap(line, hang))
}

/** A heading between scenes. */
export const scene = (title: string): void => console.log(`\n${bold(title)}`)

/** A line of narration. */
export const say = (text: string): void => console.log(dim(wrap(text, /^ */.exec(text)?.[0].length ?? 0)))
