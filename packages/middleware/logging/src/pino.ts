import type { Logger, LogLevel } from '@cepa/core'
import { pino } from 'pino'

/** A pino logger, as far as it is used here. */
export type PinoLike = { readonly [L in LogLevel]: (fields: object, message: string) => void }

/**
 * Writes lines to pino: the fields beside `level`, `time` and `msg`. A line of `debug` appears where both `logging()` and pino are
 * set to that level.
 *
 * @param logger default: `pino()`, which writes JSON lines to standard output.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), logging({ logger: pinoLogger(pino({ name: 'app' })) }))
 */
export function pinoLogger(logger: PinoLike = pino()): Logger {
  return { log: (level, message, fields) => logger[level](fields, message) }
}
