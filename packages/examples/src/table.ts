/** One column: its head, the cell of a row, and whether cells are numbers and stand to the right. */
export interface Column<R> {
  readonly head: string
  readonly cell: (row: R) => string
  readonly right?: boolean
}

/** A plain table, each column as wide as its widest cell. */
export function table<R>(columns: readonly Column<R>[], rows: readonly R[]): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)))
  const widths = columns.map(({ head }, index) =>
    Math.max(head.length, ...cells.map((line) => line[index]?.length ?? 0)),
  )
  const lineOf = (texts: readonly string[]): string =>
    texts
      .map((text, index) =>
        columns[index]?.right ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [
    lineOf(columns.map(({ head }) => head)),
    lineOf(widths.map((width) => '─'.repeat(width))),
    ...cells.map(lineOf),
  ].join('\n')
}
