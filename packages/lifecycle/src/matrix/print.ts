import { type Cell, cellName } from './cell.ts'
import { columnName, MODES, POSITIONS, VIAS, WORDS } from './column.ts'
import { type Paint, plain } from './paint.ts'

/** How many cells hold, fail and do not apply. */
export interface Totals {
  readonly green: number
  readonly red: number
  readonly apart: number
}

/** Counts cells. */
export function totalsOf(cells: readonly Cell[]): Totals {
  const apart = cells.filter(({ reason }) => reason !== undefined).length
  const red = cells.filter(({ ok }) => !ok).length
  return { green: cells.length - apart - red, red, apart }
}

const BLOCKS = MODES.flatMap((mode) => VIAS.map((via) => ({ mode, via })))
const GAP = '    '
const BLOCK_WIDTH = 2 * POSITIONS.length - 1 + GAP.length

const total = ({ green, red, apart }: Totals, paint: Paint): string =>
  `${paint.good(`${green} ✓`)}  ${red > 0 ? paint.bad(`${red} ✗`) : `${red} ✗`}  ${paint.dim(`${apart} –`)}`

/** One mark for the cells of one place: of one scenario, or of all scenarios of a line. */
function mark(cells: readonly Cell[], paint: Paint): string {
  if (cells.length === 0) return ' '
  if (cells.some(({ ok }) => !ok)) return paint.bad('✗')
  return cells.every(({ reason }) => reason !== undefined) ? paint.dim('–') : paint.good('✓')
}

/** Cells by what they are part of, in order. */
function grouped(cells: readonly Cell[], by: (cell: Cell) => string): readonly (readonly Cell[])[] {
  const groups = new Map<string, Cell[]>()
  for (const cell of cells) {
    const known = groups.get(by(cell))
    if (known) known.push(cell)
    else groups.set(by(cell), [cell])
  }
  return [...groups.values()]
}

const byScenario = ({ scenario }: Cell): string => scenario
const byLine = ({ group, line }: Cell): string => `${group}: ${line}`

function marksOf(row: readonly Cell[], paint: Paint): string {
  const block = ({ mode, via }: (typeof BLOCKS)[number]): string =>
    POSITIONS.map((position) =>
      mark(
        row.filter((cell) => cell.mode === mode && cell.via === via && cell.position === position),
        paint,
      ),
    ).join(' ')
  return BLOCKS.map(block).join(GAP)
}

function heading(width: number): readonly string[] {
  const letters = POSITIONS.map((position) => position[0]).join(' ')
  const line = (texts: readonly string[], cell: number): string =>
    `${' '.repeat(width)}${texts.map((text) => text.padEnd(cell)).join('')}`.trimEnd()
  return [
    line(
      MODES.map((mode) => WORDS[mode]),
      VIAS.length * BLOCK_WIDTH,
    ),
    line(
      BLOCKS.map(({ via }) => WORDS[via]),
      BLOCK_WIDTH,
    ),
    line(
      BLOCKS.map(() => letters),
      BLOCK_WIDTH,
    ),
  ]
}

function tableOf(cells: readonly Cell[], paint: Paint): readonly string[] {
  const rows = grouped(cells, byLine)
  const width = Math.max(...rows.map(([first]) => first?.line.length ?? 0)) + 4
  const lines = [...heading(width)]
  let group = ''
  for (const row of rows) {
    const [first] = row
    if (first === undefined) continue
    if (first.group !== group) {
      group = first.group
      lines.push('', paint.bold(group))
    }
    lines.push(`  ${first.line.padEnd(width - 2)}${marksOf(row, paint)}`.trimEnd())
  }
  return lines
}

function totalLines(cells: readonly Cell[], paint: Paint): readonly string[] {
  const scenarios = grouped(cells, byScenario).length
  const columns = BLOCKS.map(({ mode, via }) => {
    const name = `${WORDS[mode]}, ${WORDS[via]}`
    return `  ${name.padEnd(30)}${total(totalsOf(cells.filter((cell) => cell.mode === mode && cell.via === via)), paint)}`
  })
  return [
    ...columns,
    `  ${`${scenarios} ${scenarios === 1 ? 'scenario' : 'scenarios'}, ${cells.length} cells`.padEnd(30)}${total(totalsOf(cells), paint)}`,
  ]
}

/** Why cells do not apply: for each reason the columns, and the scenarios that it keeps out of them. */
function reasonLines(cells: readonly Cell[]): readonly string[] {
  const reasons = new Map<string, Map<string, string[]>>()
  for (const row of grouped(cells, byScenario)) {
    for (const reason of new Set(row.flatMap((cell) => cell.reason ?? []))) {
      const spans = reasons.get(reason) ?? new Map<string, string[]>()
      reasons.set(reason, spans)
      const span = spanOf(row.filter((cell) => cell.reason === reason))
      spans.set(span, [...(spans.get(span) ?? []), row[0]?.scenario ?? ''])
    }
  }
  return [...reasons].flatMap(([reason, spans]) => [
    `  ${reason}`,
    ...[...spans].flatMap(([span, scenarios]) => wrapped(`${span}: ${scenarios.join(', ')}`, 104)),
  ])
}

/** Columns in short: `whole answer`, `stream over HTTP`; single positions where they are no whole block. */
function spanOf(cells: readonly Cell[]): string {
  const blocks = BLOCKS.map(({ mode, via }) => ({
    name: `${WORDS[mode]}, ${WORDS[via]}`,
    mode,
    cells: cells.filter((cell) => cell.mode === mode && cell.via === via),
  })).filter((block) => block.cells.length > 0)
  if (blocks.some((block) => block.cells.length < POSITIONS.length)) return cells.map(columnName).join(' + ')
  const [first] = blocks
  if (first && blocks.length === VIAS.length && blocks.every(({ mode }) => mode === first.mode))
    return WORDS[first.mode]
  return blocks.map(({ name }) => name).join(' + ')
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last.length + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.map((line) => `      ${line}`)
}

/** Layers that differ in the same way, in one line. */
function merged(differences: readonly string[]): readonly string[] {
  const lines = new Map<string, string[]>()
  for (const difference of differences) {
    const [, layer, what] = /^layers\.(\w+): (.*)$/s.exec(difference) ?? [undefined, '', difference]
    lines.set(what as string, [...(lines.get(what as string) ?? []), layer as string])
  }
  return [...lines].map(([what, layers]) => (layers[0] === '' ? what : `layers ${layers.join(', ')}: ${what}`))
}

const failureLines = (cells: readonly Cell[], paint: Paint): readonly string[] =>
  cells
    .filter(({ ok }) => !ok)
    .flatMap((cell) => [
      `  ${paint.bad('✗')} ${cellName(cell)}  ${paint.dim(`rules ${cell.rules.join(', ')}`)}`,
      ...merged(cell.differences ?? []).map((difference) => `      ${difference}`),
    ])

/** The matrix as text: its rows, its totals, what does not apply and why, what fails and how. */
export function matrixText(cells: readonly Cell[], paint: Paint = plain): string {
  const legend = POSITIONS.map((position) => `${position[0]} ${WORDS[position]}`).join(' · ')
  const apart = reasonLines(cells)
  const failures = failureLines(cells, paint)
  return [
    `${paint.bold('Lifecycle')}: every way in which a call can go, and how each of its layers must end`,
    `The subject of a cell stands: ${legend}`,
    '',
    ...tableOf(cells, paint),
    ...(apart.length > 0 ? ['', paint.bold('Cells that do not apply (–)'), ...apart] : []),
    ...(failures.length > 0 ? ['', paint.bold('Cells that fail (✗)'), ...failures] : []),
    '',
    paint.bold('Totals'),
    ...totalLines(cells, paint),
  ].join('\n')
}
