import type { Clock } from './clock.ts'
import { TimeoutError } from './errors.ts'
import type { Scope } from './scope.ts'

/**
 * Holds a provider to the idle limit of a call, only while a pull waits for it (rule E7). One timer at a time, set anew when it
 * fires rather than for every event.
 */
export class IdleWatch {
  readonly #scope: Scope
  readonly #clock: Clock
  readonly #provider: string
  #waitingSince: number | undefined
  #cancel: (() => void) | undefined

  constructor(scope: Scope, clock: Clock, provider: string) {
    this.#scope = scope
    this.#clock = clock
    this.#provider = provider
  }

  /** A pull waits. */
  start(now: number): void {
    this.#waitingSince = now
    this.#cancel ??= this.#clock.setTimer(this.#limitMs, () => this.#check())
  }

  /** The pull was answered. */
  pause(): void {
    this.#waitingSince = undefined
  }

  /** No pull will wait any more. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#waitingSince = undefined
  }

  get #limitMs(): number {
    return this.#scope.idleMs ?? Number.POSITIVE_INFINITY
  }

  #check(): void {
    this.#cancel = undefined
    if (this.#waitingSince === undefined) return
    const leftMs = this.#limitMs - (this.#clock.now() - this.#waitingSince)
    if (leftMs > 0) {
      this.#cancel = this.#clock.setTimer(leftMs, () => this.#check())
      return
    }
    const { setBy, progress } = this.#scope
    const details = { limitMs: this.#limitMs, setBy, provider: this.#provider }
    this.#scope.fire(new TimeoutError({ limit: 'idle', ...details, ...(progress && { progress: progress() }) }))
  }
}
