import type { Clock } from '@cepa/core'
import { type VirtualClock, virtualClock } from '@cepa/testing'

/** A clock that also goes on while code runs: when something says that it has been busy. */
export class BusyClock implements Clock {
  readonly #virtual: VirtualClock = virtualClock()
  #busyMs = 0

  now(): number {
    return this.#virtual.now() + this.#busyMs
  }

  epochMs(): number {
    return this.#virtual.epochMs() + this.#busyMs
  }

  setTimer(delayMs: number, run: () => void, options?: { readonly background?: boolean }): () => void {
    return this.#virtual.setTimer(delayMs, run, options)
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#virtual.pending.length
  }

  /** Time passes while code runs. */
  busy(ms: number): void {
    this.#busyMs += ms
  }

  /** Time passes while nothing runs. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#virtual.setTimer(ms, resolve))
  }

  runUntil<T>(promise: Promise<T>): Promise<T> {
    return this.#virtual.runUntil(promise)
  }
}
