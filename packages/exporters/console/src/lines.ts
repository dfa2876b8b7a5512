import type { TelemetryItem } from '@cepa/core'
import { callLine, type LineParts } from './call-line.ts'
import type { ConsoleForm } from './console-options.ts'
import { fieldRows } from './fields.ts'
import { groupLine, lossLine, noteLine } from './other-lines.ts'
import { type Color, inColor, oneLine, type Paint, plain } from './paint.ts'
import { duration } from './quantities.ts'

/** How lines look. */
export interface Look {
  readonly form: ConsoleForm
  /** Colours and short local times. */
  readonly colors: boolean
}

/** Widths of the columns before the subject: words and durations stand below each other. */
const WORD_WIDTH = 9
const DURATION_WIDTH = 7
const NAME_WIDTH = 13

const WORD_COLORS: Readonly<Record<string, Color>> = {
  done: 'green',
  failed: 'red',
  lost: 'red',
  group: 'cyan',
  note: 'dim',
}

const digits = (value: number, width = 2): string => String(value).padStart(width, '0')

/** The full time in UTC for files; the hour and its parts, where one is, for a person who is there. */
function timeText(atMs: number, local: boolean): string {
  const date = new Date(Number.isFinite(atMs) ? Math.round(atMs) : 0)
  if (!local) return date.toISOString()
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => digits(part))
  return `${parts.join(':')}.${digits(date.getMilliseconds(), 3)}`
}

function lineOf({ atMs, word, durationMs, subject, problem, rest, id }: LineParts, look: Look): string {
  const paint: Paint = look.colors ? inColor : plain
  const color = WORD_COLORS[word] ?? 'yellow'
  const head = [
    paint('dim', timeText(atMs, look.colors)),
    paint(color, word.padEnd(WORD_WIDTH)),
    (durationMs === undefined ? '' : duration(durationMs)).padStart(DURATION_WIDTH),
  ].join(' ')
  const parts = [
    oneLine(subject),
    problem !== undefined && paint(word === 'group' ? 'red' : color, oneLine(problem)),
    ...rest.map((part) => part && oneLine(part)),
    id !== undefined && paint('dim', oneLine(id)),
  ]
  return `${head}  ${parts.filter(Boolean).join(' · ')}`
}

/** The record of an item, and what its line says. */
function shown(item: TelemetryItem): { readonly record: object; readonly parts: () => LineParts } {
  switch (item.type) {
    case 'call':
      return { record: item.record, parts: () => callLine(item.record) }
    case 'group':
      return { record: item.group, parts: () => groupLine(item.group) }
    case 'note':
      return { record: item.note, parts: () => noteLine(item.note) }
    case 'loss':
      return { record: item.loss, parts: () => lossLine(item.loss) }
  }
}

/** An item as it is written: one line, or one and those below it. */
export function textOf(item: TelemetryItem, look: Look): string {
  const { record, parts } = shown(item)
  // JSON itself lets some control characters through
  if (look.form === 'json') return oneLine(JSON.stringify(record))
  const line = lineOf(parts(), look)
  if (look.form === 'line') return line
  const paint: Paint = look.colors ? inColor : plain
  const rows = fieldRows(record).map(
    ([name, text]) => `    ${paint('dim', oneLine(name).padEnd(NAME_WIDTH))} ${oneLine(text)}`,
  )
  return [line, ...rows].join('\n')
}
