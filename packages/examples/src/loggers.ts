import { pinoLogger } from '@cepa/middleware-logging/pino'
import { consoleLogger, type Logger } from 'cepa'
import { pino } from 'pino'
import { dim, print } from './screen.ts'

/** How far the lines after the first are indented where a log line is too long. */
const HANG = 4

const printLine = (line: string): void => print(line, HANG)

/** The console, but for lines that are too long. */
export const screenLogger = (): Logger =>
  consoleLogger({ console: { debug: printLine, info: printLine, warn: printLine, error: printLine } })

/** What pino writes, without most of its fields: whoever watches would see nothing else. */
function shortened(json: string): string {
  const from = json.search(/,"(?:traceId|operation)"/)
  const to = json.lastIndexOf(',"msg"')
  return from === -1 || to < from ? json : `${json.slice(0, from)},…${json.slice(to)}`
}

/** pino, as an application may have it. */
export const jsonLogger = (): Logger =>
  pinoLogger(pino({ base: null }, { write: (line: string) => print(dim(shortened(line.trimEnd())), HANG) }))
