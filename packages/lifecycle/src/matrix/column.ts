/** Whether the caller reads a stream or asks for the whole answer. */
export type Mode = 'stream' | 'whole'

/** Where the provider is: in process on a virtual clock, or behind a real HTTP server on loopback. */
export type Via = 'process' | 'http'

/** Where the subject of a cell stands in the stack. */
export type Position = 'outermost' | 'repeating' | 'transform' | 'innermost'

/** One column of the matrix. */
export interface Column {
  readonly mode: Mode
  readonly via: Via
  readonly position: Position
}

export const MODES: readonly Mode[] = ['stream', 'whole']
export const VIAS: readonly Via[] = ['process', 'http']
export const POSITIONS: readonly Position[] = ['outermost', 'repeating', 'transform', 'innermost']

/** What the words of a column mean, for readers. */
export const WORDS: Readonly<Record<Mode | Via | Position, string>> = {
  stream: 'stream',
  whole: 'whole answer',
  process: 'in process',
  http: 'HTTP',
  outermost: 'outermost',
  repeating: 'inside a repeating layer',
  transform: 'inside a transform',
  innermost: 'innermost',
}

/** All columns, in the order in which they are printed. */
export const COLUMNS: readonly Column[] = MODES.flatMap((mode) =>
  VIAS.flatMap((via) => POSITIONS.map((position) => ({ mode, via, position }))),
)

/** A column as one word, for JSON and messages: `stream/http/innermost`. */
export const columnName = ({ mode, via, position }: Column): string => `${mode}/${via}/${position}`
