import type { LogLevel } from '@cepa/core'
import type { Line } from './line.ts'

/** How a line looks. */
export interface ConsoleLook {
  /** Colours and short local times, for a terminal. */
  readonly colors: boolean
  /** Milliseconds since the epoch. */
  readonly time: number
}

/** Select graphic rendition. @see https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ (8.3.117) */
const paint = (code: number, text: string): string => `\u001b[${code}m${text}\u001b[0m`

const DIM = 2
const LEVEL_COLORS: Readonly<Record<LogLevel, number>> = { debug: 90, info: 32, warn: 33, error: 31 }

const two = (value: number): string => String(value).padStart(2, '0')

function clock(time: number, local: boolean): string {
  const date = new Date(time)
  if (!local) return date.toISOString()
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text as it may stand in a line: what would end, move or colour it is written out. */
export const inOneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })

/** Fields that say more than the sentence does, each on a line of its own below it. */
const BELOW = ['request', 'answer'] as const

const labels = (data: unknown): string => {
  if (typeof data === 'string') return ` ${data}`
  if (typeof data !== 'object' || data === null) return ''
  const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.entries(data)
    .map(([name, value]) => ` ${name}=${shown(value)}`)
    .join('')
}

/** How many frames of a stack are shown; the rest is in the fields. */
const MAX_FRAMES = 5

/** The nearest frames of a stack; its first line is the message, which stands in the sentence. */
function frames(stack: unknown): string[] {
  if (typeof stack !== 'string') return []
  const all = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return all.slice(0, MAX_FRAMES).map((line) => line.trim())
}

/** A line as people read it: time, level, request id, sentence; content and stack indented below. */
export function consoleLine({ level, message, fields }: Line, { colors, time }: ConsoleLook): string {
  const dim = (text: string): string => (colors ? paint(DIM, text) : text)
  const word = level.toUpperCase().padEnd(5)
  const id = typeof fields.requestId === 'string' ? `${dim(inOneLine(fields.requestId))} ` : ''
  const head = `${dim(clock(time, colors))} ${colors ? paint(LEVEL_COLORS[level], word) : word} ${id}`
  const sentence = inOneLine(`${message}${labels(fields.data)}`)
  const below = [
    ...BELOW.flatMap((name) => (typeof fields[name] === 'string' ? [`${name.padEnd(7)} ${fields[name]}`] : [])),
    ...frames(fields.errorStack),
  ]
  return [head + sentence, ...below.map((text) => dim(`    ${inOneLine(text)}`))].join('\n')
}
