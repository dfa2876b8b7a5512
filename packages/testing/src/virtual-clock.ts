import type { Clock } from '@cepa/core'
import { turn } from './turn.ts'

/** A timer that has neither fired nor been cancelled. */
export interface PendingTimer {
  /** `clock.now()` at which it fires. */
  readonly dueAt: number
  /** The delay that was asked for, in milliseconds. */
  readonly delayMs: number
  readonly background: boolean
}

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** The live timers, in the order in which they will fire. Empty where nothing leaks. */
  readonly pending: readonly PendingTimer[]
  /**
   * Goes on by `ms` milliseconds: fires what falls due, in order, each at its own time, and lets everything that follows from it
   * settle before the next.
   */
  advance(ms: number): Promise<void>
  /** Fires timers in order until none is left but `background` ones. */
  runAll(): Promise<void>
  /**
   * Fires timers in order until `promise` has settled, and settles as it does.
   *
   * @throws {Error} when no timer is left and the promise has not settled, which is a deadlock.
   */
  runUntil<T>(promise: Promise<T>): Promise<T>
  /** Lets promises settle; time stands still. */
  settle(): Promise<void>
}

/** What {@link virtualClock} takes. */
export interface VirtualClockOptions {
  /** `now()` at the start, in milliseconds. Default: 0. */
  readonly startMs?: number
  /** `epochMs()` at the start. Default: 2026-01-01T00:00:00Z. */
  readonly epochMs?: number
}

interface Timer extends PendingTimer {
  readonly run: () => void
}

/** Most timers that one `runAll` or `runUntil` fires; more is a timer that sets itself again without end. */
const MAX_TIMERS = 100_000

/** How many turns of the event loop `runUntil` gives a promise that no timer stands behind. */
const PATIENCE = 20

class ManualClock implements VirtualClock {
  #now: number
  readonly #epochOffset: number
  #timers: Timer[] = []

  constructor({ startMs = 0, epochMs = Date.UTC(2026, 0, 1) }: VirtualClockOptions) {
    this.#now = startMs
    this.#epochOffset = epochMs - startMs
  }

  get pending(): readonly PendingTimer[] {
    return this.#timers.map(({ dueAt, delayMs, background }) => ({ dueAt, delayMs, background }))
  }

  now(): number {
    return this.#now
  }

  epochMs(): number {
    return this.#now + this.#epochOffset
  }

  setTimer(delayMs: number, run: () => void, options?: { readonly background?: boolean }): () => void {
    const dueAt = this.#now + Math.max(0, delayMs)
    const timer: Timer = { dueAt, delayMs, background: options?.background ?? false, run }
    const after = this.#timers.findIndex((other) => other.dueAt > dueAt)
    this.#timers.splice(after === -1 ? this.#timers.length : after, 0, timer)
    return () => {
      const at = this.#timers.indexOf(timer)
      if (at !== -1) this.#timers.splice(at, 1)
    }
  }

  settle(): Promise<void> {
    return turn()
  }

  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    await turn()
    while (this.#timers[0] !== undefined && this.#timers[0].dueAt <= target) await this.#fireNext()
    this.#now = target
    await turn()
  }

  async runAll(): Promise<void> {
    await turn()
    for (let fired = 0; this.#timers.some((timer) => !timer.background); fired++) {
      if (fired === MAX_TIMERS)
        throw new Error(`virtual clock: ${MAX_TIMERS} timers fired and there is still one to fire`)
      await this.#fireNext()
    }
  }

  async runUntil<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const mark = (): void => {
      settled = true
    }
    promise.then(mark, mark)
    for (let fired = 0; fired < MAX_TIMERS; fired++) {
      for (let turns = 0; !settled && turns < (this.#timers.length === 0 ? PATIENCE : 1); turns++) await turn()
      if (settled) break
      if (this.#timers.length === 0) throw new Error('virtual clock: the promise waits, and no timer is left to fire')
      await this.#fireNext()
    }
    if (!settled) throw new Error(`virtual clock: ${MAX_TIMERS} timers fired and the promise still waits`)
    return promise
  }

  async #fireNext(): Promise<void> {
    const timer = this.#timers.shift()
    if (timer === undefined) return
    this.#now = Math.max(this.#now, timer.dueAt)
    timer.run()
    await turn()
  }
}

/**
 * A clock for tests: time goes on only when told to.
 *
 * @example
 * const clock = virtualClock()
 * const chat = pipeline({ adapter: fakeProvider([{ waitMs: 500 }, { text: 'Hi' }]), layers: [], clock })
 * const reply = await chat(request)
 * const result = reply.result()
 * await clock.advance(500)
 */
export const virtualClock = (options: VirtualClockOptions = {}): VirtualClock => new ManualClock(options)
