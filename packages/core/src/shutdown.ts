import type { Assembly } from './assembly.ts'
import { number } from './option-rules.ts'
import { checkOptions } from './options.ts'
import type { Running } from './running.ts'

interface CloseOptions {
  readonly deadlineMs?: number
}

/** The end of a pipeline (rule C9): no new calls, a time for those that run, then an abort; then all is released. */
export class Shutdown {
  /** Whether `close` has been called. */
  begun = false
  readonly #assembly: Assembly
  readonly #running: Running
  #closed: Promise<void> | undefined

  constructor(assembly: Assembly, running: Running) {
    this.#assembly = assembly
    this.#running = running
  }

  close(options: CloseOptions = {}): Promise<void> {
    const { deadlineMs } = checkOptions('close', { deadlineMs: number({ min: 0, default: 10_000 }) }, options)
    this.begun = true
    this.#closed ??= this.#run(deadlineMs)
    return this.#closed
  }

  async #run(deadlineMs: number): Promise<void> {
    const { clock, layers, adapter } = this.#assembly
    await new Promise<void>((resolve) => {
      const cancel = clock.setTimer(deadlineMs, () => {
        this.#running.abort()
        resolve()
      })
      this.#running.whenIdle(() => {
        cancel()
        resolve()
      })
    })
    const errors: unknown[] = []
    for (const each of [...layers.map((layer) => layer['~spec']), adapter]) {
      try {
        await each.close?.()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 1) throw new AggregateError(errors, 'several layers failed to close')
    if (errors.length === 1) throw errors[0]
  }
}
