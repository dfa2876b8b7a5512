import type { Assembly } from './assembly.ts'
import type { Clock } from './clock.ts'
import { ContractError } from './errors.ts'
import { number } from './option-rules.ts'
import { checkOptions } from './options.ts'
import type { Running } from './running.ts'

/** Calls may take the whole deadline; what they leave, and at least this, is there for the layers to release what they hold. */
const LEAST_FOR_RELEASE_MS = 1_000

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
    const { clock } = this.#assembly
    const startedAt = clock.now()
    await this.#calls(deadlineMs)
    const leftMs = Math.max(LEAST_FOR_RELEASE_MS, startedAt + deadlineMs - clock.now())
    const errors = await this.#release(clock.now() + leftMs)
    if (errors.length > 1) throw new AggregateError(errors, 'several layers failed to close')
    if (errors.length === 1) throw errors[0]
  }

  /** Waits for the calls that run, and aborts the rest at the deadline. */
  #calls(deadlineMs: number): Promise<void> {
    const { clock } = this.#assembly
    return new Promise<void>((resolve) => {
      const cancel = clock.setTimer(deadlineMs, () => {
        this.#running.abort()
        resolve()
      })
      this.#running.whenIdle(() => {
        cancel()
        resolve()
      })
    })
  }

  /** Closes layers and adapter, one after the other; what is not done by `until` is left alone, and told. Returns what failed. */
  async #release(until: number): Promise<readonly unknown[]> {
    const { clock, layers, adapter } = this.#assembly
    const errors: unknown[] = []
    for (const each of [...layers.map((layer) => layer['~spec']), adapter]) {
      try {
        const closed = each.close?.()
        if (closed) await within(closed, clock, { until, name: each.name })
      } catch (error) {
        errors.push(error)
      }
    }
    return errors
  }
}

/** @throws {ContractError} (C9) when it is not settled by then. */
function within(
  closed: PromiseLike<void>,
  clock: Clock,
  { until, name }: { readonly until: number; readonly name: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(Math.max(0, until - clock.now()), () =>
      reject(new ContractError(name, 'C9', 'was not closed in time; what it holds may not have been released')),
    )
    closed.then(resolve, reject).then(cancel)
  })
}
