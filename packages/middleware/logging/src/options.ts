import {
  anyOf,
  checkOptions,
  dataOf,
  flag,
  func,
  having,
  integer,
  type Logger,
  type LogLevel,
  list,
  number,
  type OptionRules,
  oneOf,
  type Redactor,
  type Rule,
  type ScrubberOptions,
  text,
} from '@cepa/core'
import type { LoggedError, LoggedRequest, LoggedResponse } from './callbacks.ts'
import { consoleLogger } from './console-logger.ts'

/** From which level on lines are written; `silent` writes none, callbacks are still called. */
export type LogThreshold = LogLevel | 'silent'

/** What a call may have otherwise: `layers: { logging: { level: 'debug' } }`. */
export interface LoggingCallOptions {
  /**
   * From which level on lines are written. Default: `info`, a line for each call and one for what went wrong on its way. `debug` also
   * tells the request, attempts, cache lookups and what layers say at that level.
   */
  readonly level?: LogThreshold
  /**
   * A call that waits longer for its provider, in milliseconds, is a warning; `false`: none is. What its reader took does not count.
   * Default: 30,000.
   */
  readonly slowMs?: number | false
  /** Also writes messages and answer, through `redact` and cut. Default: `false`. */
  readonly content?: boolean
}

/** What {@link logging} takes. */
export interface LoggingOptions<TName extends string = string> extends LoggingCallOptions, ScrubberOptions {
  /** Another name, for a second one in the same stack. Default: `logging`. */
  readonly name?: TName
  /** Where lines go. Default: `consoleLogger()`. */
  readonly logger?: Logger
  /** Takes out of content what must not be written; what has the form of a secret is taken out in any case. Default: none. */
  readonly redact?: Redactor
  /** Longest content in bytes, for the request and for the answer each. Default: 4,096. */
  readonly maxContentBytes?: number
  /** Told when a call comes. */
  readonly onRequest?: (told: LoggedRequest) => unknown
  /** Told once when a call has ended `done`, `abandoned` or `unread`. */
  readonly onResponse?: (told: LoggedResponse) => unknown
  /** Told once when a call has ended `failed` or `aborted`. */
  readonly onError?: (told: LoggedError) => unknown
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

const CALL_RULES = {
  level: oneOf<LogThreshold, { default: 'info' }>(LEVELS, { default: 'info' }),
  slowMs: { ...anyOf(number({ min: 1 }), oneOf<false>([false])), default: 30_000 },
  content: flag({ default: false }),
} satisfies OptionRules<LoggingCallOptions>

/** The rules of the options that a call may have otherwise. */
export const PER_CALL: OptionRules<LoggingCallOptions> = CALL_RULES

const PATTERN: Rule<RegExp> = {
  expects: 'a regular expression',
  kind: 'function',
  accepts: (value): value is RegExp => value instanceof RegExp,
}

const RULES = {
  ...CALL_RULES,
  name: text({ pattern: /^[a-z][A-Za-z0-9]*$/, expects: 'a camelCase identifier', default: 'logging' }),
  logger: {
    ...having<Logger>('log'),
    expects:
      'an object with log(level, message, fields); this package has entries that wrap pino, winston, bunyan, LogTape',
  },
  redact: func<Redactor>(),
  emails: flag(),
  cards: flag(),
  patterns: list(PATTERN),
  maxContentBytes: integer({ min: 64, max: 1_048_576, default: 4096 }),
  onRequest: func<(told: LoggedRequest) => unknown>(),
  onResponse: func<(told: LoggedResponse) => unknown>(),
  onError: func<(told: LoggedError) => unknown>(),
} satisfies OptionRules<LoggingOptions>

type Defaulted = 'name' | 'logger' | 'level' | 'slowMs' | 'content' | 'maxContentBytes'

/** Options as they hold, with every default. */
export type Settings = LoggingOptions & Required<Pick<LoggingOptions, Defaulted>>

/** Checks options and fills in the defaults. @throws {OptionError} */
export function settingsOf(given: LoggingOptions | undefined): Settings {
  const checked = checkOptions<LoggingOptions, typeof RULES>('logging', RULES, given)
  return { ...checked, logger: checked.logger ?? consoleLogger() }
}

/** What `explain()` shows of them. */
export function dataOfSettings(settings: Settings): Readonly<Record<string, unknown>> {
  const { name: _, ...data } = dataOf<LoggingOptions>(RULES, settings)
  return data
}
