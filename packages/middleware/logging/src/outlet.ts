import { type Call, faultNote, type LogFields, type Logger, type LogLevel } from '@cepa/core'
import type { Clean } from './clean.ts'
import { errorFields, errorText } from './error-fields.ts'

interface Platform {
  readonly console: { error(line: string): void }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** What one pass has met of broken loggers and callbacks. Thrown at its end, so that it becomes a fault of this layer. */
export interface Trouble {
  error?: Error
}

/**
 * Where a layer's lines and callbacks go to. Nothing of them reaches the call: what is thrown at once is kept for the end of the
 * pass, what is rejected later is told to the layers outside while they listen, and once for each door to the log.
 */
export class Outlet {
  readonly #logger: Logger
  readonly #name: string
  readonly #clean: Clean
  readonly #told = new Set<string>()

  constructor(logger: Logger, name: string, clean: Clean) {
    this.#logger = logger
    this.#name = name
    this.#clean = clean
  }

  /** Writes a line. */
  write(call: Call, line: { level: LogLevel; message: string; fields: LogFields }, trouble: Trouble): void {
    this.tell(call, { door: 'logger', run: () => this.#logger.log(line.level, line.message, line.fields) }, trouble)
  }

  /** Calls something that is not ours, and waits for nothing. */
  tell(call: Call, { door, run }: { door: string; run: () => unknown }, trouble: Trouble): void {
    try {
      const result = run()
      if (isThenable(result)) result.then(undefined, (thrown) => this.rejected(call, door, thrown))
    } catch (thrown) {
      trouble.error ??= asError(thrown)
    }
  }

  /** Something failed after the hook that began it. */
  rejected(call: Call, door: string, thrown: unknown): void {
    const error = asError(thrown)
    if (call.hears()) call.emit(faultNote, { middleware: this.#name, hook: door, error })
    if (this.#told.has(door)) return
    this.#told.add(door)
    const what = errorFields(error, this.#clean)
    const message = `${this.#name}: ${door} failed, the call went on: ${errorText(what)} (told once)`
    if (door === 'logger') (globalThis as unknown as Platform).console.error(message)
    else this.#tryLogger(message, { middleware: this.#name, hook: door, ...what })
  }

  #tryLogger(message: string, fields: LogFields): void {
    try {
      const result = this.#logger.log('error', message, fields)
      if (isThenable(result)) result.then(undefined, () => undefined)
    } catch {
      // a logger that is broken too has been told of by the pass that met it
    }
  }
}
