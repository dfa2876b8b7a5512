import { logging as baseLogging, type LoggingOptions } from '@cepa/middleware-logging'
import { defaultLogger } from '#default-logger'

/**
 * `logging()` of `@cepa/middleware-logging`, with pino as its logger on Node where none is given, and the console elsewhere.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), logging())
 */
export const logging = <const TName extends string = 'logging'>(
  options?: LoggingOptions<TName>,
): ReturnType<typeof baseLogging<TName>> => {
  if (options === undefined) return baseLogging({ logger: defaultLogger() } as LoggingOptions<TName>)
  return baseLogging(options.logger === undefined ? { ...options, logger: defaultLogger() } : options)
}
