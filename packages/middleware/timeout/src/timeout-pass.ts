import { type Call, type CallChange, createController, type Limit, TimeoutError } from '@cepa/core'
import { progressOf } from './progress.ts'
import type { Limits } from './timeout-options.ts'

type Timed = 'total' | 'headers' | 'first-token'

/** One pass through the layer: its timers, and what it has seen of the call. */
export class TimeoutPass {
  /** Events that have passed. */
  events = 0
  readonly #name: string
  readonly #limits: Limits
  readonly #call: Call
  readonly #attemptsBefore: number
  readonly #timers: Map<Timed, () => void> = new Map()
  #replied = false
  #controller: ReturnType<typeof createController> | undefined

  constructor(name: string, limits: Limits, call: Call) {
    this.#name = name
    this.#limits = limits
    this.#call = call
    this.#attemptsBefore = call.attempts.length
  }

  /** Starts the timers. Gives what is to be changed of the call for what is inside. */
  begin(): Pick<CallChange, 'signal' | 'idleMs' | 'progress'> {
    const { totalMs, headersMs, firstTokenMs, idleMs } = this.#limits
    this.#start('total', totalMs)
    this.#start('headers', headersMs)
    this.#start('first-token', firstTokenMs)
    return {
      ...(this.#controller && { signal: this.#controller.signal }),
      ...(idleMs !== undefined && { idleMs, progress: () => this.#progress() }),
    }
  }

  /** The reply has come. */
  replied(): void {
    this.#replied = true
    this.#stop('headers')
  }

  /** The first content has passed. */
  firstToken(): void {
    this.#stop('first-token')
  }

  /** The pass is over: no timer is left. */
  end(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #start(limit: Timed, limitMs: number | undefined): void {
    if (limitMs === undefined) return
    this.#controller ??= createController()
    this.#timers.set(
      limit,
      this.#call.clock.setTimer(limitMs, () => this.#fire(limit, limitMs)),
    )
  }

  #stop(limit: Timed): void {
    this.#timers.get(limit)?.()
    this.#timers.delete(limit)
  }

  #fire(limit: Limit, limitMs: number): void {
    this.end()
    const provider = this.#attempts.at(-1)?.provider
    const progress = this.#progress()
    const details = { limit, limitMs, setBy: this.#name, progress, ...(provider !== undefined && { provider }) }
    this.#controller?.abort(new TimeoutError(details))
  }

  get #attempts(): Call['attempts'] {
    return this.#call.attempts.slice(this.#attemptsBefore)
  }

  #progress(): string {
    return progressOf({ replied: this.#replied, events: this.events, attempts: this.#attempts })
  }
}
