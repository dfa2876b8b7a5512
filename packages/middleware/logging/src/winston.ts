import type { Logger } from '@cepa/core'

/** A winston logger, as far as it is used here. */
export interface WinstonLike {
  /** Levels by name; those of syslog and of one's own making may have `warning` for `warn`. */
  readonly levels?: Readonly<Record<string, number>>
  log(entry: { level: string; message: string; [field: string]: unknown }): unknown
}

/**
 * Writes lines to winston: the fields beside `level` and `message`. With levels that have no `warn`, such as those of syslog, a
 * warning is a `warning`.
 *
 * @example
 * const chat = pipeline(openai(), logging({ logger: winstonLogger(winston.createLogger({ transports: [file] })) }))
 */
export function winstonLogger(logger: WinstonLike): Logger {
  const { levels } = logger
  const warn = levels && !('warn' in levels) && 'warning' in levels ? 'warning' : 'warn'
  return {
    log: (level, message, fields) => logger.log({ ...fields, level: level === 'warn' ? warn : level, message }),
  }
}
