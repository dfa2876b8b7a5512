import type { Logger, LogLevel } from '@cepa/core'

/** A logger whose methods take the fields before the message, as bunyan's do, and those of its many relatives. */
export type BunyanLike = { readonly [L in LogLevel]: (fields: object, message: string) => unknown }

/**
 * Writes lines to bunyan, or to any logger whose methods take the fields before the message.
 *
 * @example
 * const chat = pipeline(openai(), logging({ logger: bunyanLogger(bunyan.createLogger({ name: 'app' })) }))
 */
export const bunyanLogger = (logger: BunyanLike): Logger => ({
  log: (level, message, fields) => logger[level](fields, message),
})
