import type { Logger, LogLevel } from '@cepa/core'

/** A LogTape logger, as far as it is used here. */
export type LogTapeLike = { readonly [L in LogLevel]: (message: string, properties: Record<string, unknown>) => void }

/** LogTape's messages are templates; a brace that is doubled stands for itself. @see https://logtape.org/manual/struct */
const literally = (message: string): string => message.replaceAll('{', '{{').replaceAll('}', '}}')

/**
 * Writes lines to LogTape: the fields as properties.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), logging({ logger: logTapeLogger(getLogger(['app', 'llm'])) }))
 */
export const logTapeLogger = (logger: LogTapeLike): Logger => ({
  log: (level, message, fields) => logger[level](literally(message), { ...fields }),
})
