/** How text is marked: in colours on a terminal, not at all elsewhere. */
export interface Paint {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly dim: (text: string) => string
  readonly bold: (text: string) => string
}

const asIs = (text: string): string => text

/** No colours. */
export const plain: Paint = { good: asIs, bad: asIs, dim: asIs, bold: asIs }

const ESCAPE = '\u001b'

const code =
  (on: number, off: number) =>
  (text: string): string =>
    `${ESCAPE}[${on}m${text}${ESCAPE}[${off}m`

/** Colours of a terminal. */
export const coloured: Paint = { good: code(32, 39), bad: code(31, 39), dim: code(2, 22), bold: code(1, 22) }
