import type { Assembly } from './assembly.ts'
import { ClosedError } from './errors.ts'
import { checkOptions, number } from './options.ts'
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
    const { clock, name, layers, adapter } = this.#assembly
    await new Promise<void>((resolve) => {
      const cancel = clock.setTimer(deadlineMs, () => {
        this.#running.abort(new ClosedError(name))
        resolve()
      })
      this.#running.whenIdle(() => {
        cancel()
        resolve()
      })
    })
    for (const layer of layers) await layer['~spec'].close?.()
    await adapter.close?.()
  }
}
