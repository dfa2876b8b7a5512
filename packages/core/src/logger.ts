/** How much a line matters, least first: `debug`, `info`, `warn`, `error`. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What a line says, beside its sentence, as data. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Where log lines go. One method, so that any logging library is a line away; winston's own `log` has this very form. It is called
 * synchronously and not waited for; what it throws never reaches a call.
 *
 * @example
 * const logger: Logger = { log: (level, message, fields) => library[level](fields, message) }
 */
export interface Logger {
  /**
   * Writes one line.
   *
   * @param message a sentence for people, in one line and complete without the fields.
   * @param fields the same for machines: plain data, flat but for `attributes` and `data`.
   */
  log(level: LogLevel, message: string, fields: LogFields): unknown
}
