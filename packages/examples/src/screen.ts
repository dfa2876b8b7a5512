/** Colours on a terminal only, and never where NO_COLOR asks for none. @see https://no-color.org */
const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR

const style =
  (open: number, close: number) =>
  (text: string): string =>
    coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text

export const bold = style(1, 22)
export const dim = style(2, 22)

/** A heading between scenes. */
export const scene = (title: string): void => console.log(`\n${bold(title)}`)

/** A line of narration. */
export const say = (text: string): void => console.log(dim(text))
