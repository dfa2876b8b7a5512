import {
  checkOptions,
  flag,
  func,
  having,
  type LogFields,
  type Logger,
  type LogLevel,
  type OptionRules,
} from '@cepa/core'
import { consoleLine } from './console-line.ts'

/** What lines are written with: the methods of `console`. */
export type ConsoleLike = Readonly<Record<LogLevel, (line: string) => void>>

/** What {@link consoleLogger} takes. */
export interface ConsoleLoggerOptions {
  /** Default: the global `console`; Node writes `debug` and `info` to standard output, `warn` and `error` to standard error. */
  readonly console?: ConsoleLike
  /** Colours and short local times. Default: where the stream is a terminal and `NO_COLOR` is not set. */
  readonly colors?: boolean
  /** Wall-clock time in milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

const RULES = {
  console: having<ConsoleLike>('debug', 'info', 'warn', 'error'),
  colors: flag(),
  now: func<() => number>(),
} satisfies OptionRules<ConsoleLoggerOptions>

interface Platform {
  readonly console: ConsoleLike
  readonly process?: {
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly stdout?: { readonly isTTY?: boolean }
    readonly stderr?: { readonly isTTY?: boolean }
  }
}

const platform = globalThis as unknown as Platform

/** Whether a person at a terminal reads the lines of a level. @see https://no-color.org */
function isTerminal(level: LogLevel): boolean {
  const { process } = platform
  if (process?.env?.NO_COLOR || process?.env?.TERM === 'dumb') return false
  const stream = level === 'warn' || level === 'error' ? process?.stderr : process?.stdout
  return stream?.isTTY === true
}

/**
 * Writes lines for people to the console: time, level, request id, sentence. In colour on a terminal, elsewhere with the full time
 * in UTC. What comes from outside cannot break a line or colour it.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), logging({ logger: consoleLogger({ colors: false }) }))
 */
export function consoleLogger(given?: ConsoleLoggerOptions): Logger {
  const options = checkOptions<ConsoleLoggerOptions, typeof RULES>('consoleLogger', RULES, given)
  const now = options.now ?? Date.now
  return {
    log(level: LogLevel, message: string, fields: LogFields): void {
      const colors = options.colors ?? isTerminal(level)
      // asked for each line: a test or a server may replace the console later
      const target = options.console ?? platform.console
      target[level](consoleLine({ level, message, fields }, { colors, time: now() }))
    },
  }
}
