import type { AdapterCall, AttemptDetails, Clock } from '@cepa/core'

/** A clock that stands still until it is told to advance. */
export class ManualClock implements Clock {
  #nowMs = 1_000
  #timers = new Set<{ readonly dueMs: number; readonly run: () => void }>()
  now = (): number => this.#nowMs
  epochMs = (): number => 1_700_000_000_000 + this.#nowMs
  setTimer(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }
  get pending(): number {
    return this.#timers.size
  }
  advance(byMs: number): void {
    this.#nowMs += byMs
    for (const timer of [...this.#timers]) {
      if (timer.dueMs > this.#nowMs) continue
      this.#timers.delete(timer)
      timer.run()
    }
  }
}

/** What {@link fakeCall} recorded. */
export interface CallLedger {
  readonly call: AdapterCall
  readonly clock: ManualClock
  readonly controller: AbortController
  /** What was reported of the last attempt. */
  readonly details: AttemptDetails
  /** The reasons of resends, in order. */
  readonly again: string[]
  /** Listeners on the call's signal. */
  listeners(): number
}

/** An adapter's call outside any pipeline, for tests that stay below the engine. */
export function fakeCall(
  change: {
    headers?: Record<string, string>
    request?: object
    mode?: 'stream' | 'complete'
    operation?: 'chat' | 'embed'
  } = {},
): CallLedger {
  const clock = new ManualClock()
  const controller = new AbortController()
  const again: string[] = []
  const details: AttemptDetails = {}
  let listeners = 0
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  const heard = new Set<unknown>()
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    if (!heard.has(args[1])) listeners++
    heard.add(args[1])
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    if (heard.delete(args[1])) listeners--
    remove(...args)
  }
  const call = {
    id: 'call-1',
    operation: change.operation ?? 'chat',
    mode: change.mode ?? 'stream',
    request: change.request ?? { model: 'm', messages: [] },
    signal,
    clock,
    startedAt: clock.now(),
    attributes: {},
    headers: change.headers ?? {},
    attempt: {
      report: (more: AttemptDetails) => void Object.assign(details, more),
      again: (reason: string) => void again.push(reason),
    },
  } as unknown as AdapterCall
  return { call, clock, controller, details, again, listeners: () => listeners }
}
