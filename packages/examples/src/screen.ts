import type { Logger } from 'cepa'

/** Colours on a terminal only, and never where NO_COLOR asks for none. @see https://no-color.org */
const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR

const style =
  (open: number, close: number) =>
  (text: string): string =>
    coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text

export const bold: (text: string) => string = style(1, 22)
export const dim: (text: string) => string = style(2, 22)

let midLine = false

/** Writes a part of a line. */
export function write(text: string): void {
  process.stdout.write(text)
  midLine = text === '' ? midLine : !text.endsWith('\n')
}

/** Ends a line that was begun. */
export function breakLine(): void {
  if (midLine) write('\n')
}

/** A logger that does not write into a line that an answer has begun. */
export const tidy = (logger: Logger): Logger => ({
  log(level, message, fields) {
    breakLine()
    return logger.log(level, message, fields)
  },
})

/** A heading between scenes. */
export const scene = (title: string): void => console.log(`\n${bold(title)}`)

/** A line of narration. */
export const say = (text: string): void => console.log(dim(text))
