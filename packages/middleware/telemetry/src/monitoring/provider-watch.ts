import type { CallRecord, Clock, ProviderState, ProviderStatus } from '@cepa/core'
import type { TelemetryObserver } from '../listeners.ts'
import { LabelValues } from '../metrics/label-values.ts'
import type { MonitoringParts } from './alert.ts'
import { type Evidence, evidenceOf } from './provider-evidence.ts'
import { nextState, type ProviderCounts } from './provider-state.ts'
import { SlidingWindow, type Step } from './sliding-window.ts'
import { Ticking } from './ticking.ts'
import { tell } from './told.ts'

/** Length of the window that statuses are told by, in milliseconds. */
export const PROVIDER_WINDOW_MS = 60_000

/** Most providers; the rest is `other`. */
const MAX_PROVIDERS = 100

/** A provider does otherwise than before. */
export interface ProviderChange extends ProviderStatus {
  /** How it did before. */
  readonly from: ProviderState
}

class EvidenceStep implements Step {
  readonly counts: Record<Evidence, number> = { answered: 0, failed: 0, limited: 0 }

  clear(): void {
    const { counts } = this
    counts.answered = counts.failed = counts.limited = 0
  }
}

interface WatchedParts {
  readonly clock: Clock
  readonly windowMs: number
  readonly changed: (change: ProviderChange) => void
}

/** One provider, and how it does. It is judged when something comes of it, and at every step of its window. */
class Watched {
  readonly #provider: string
  readonly #clock: Clock
  readonly #window: SlidingWindow<EvidenceStep>
  readonly #changed: (change: ProviderChange) => void
  #state: ProviderState = 'up'
  #sinceMs: number
  #lastSeenMs: number
  /** Until when it has been judged. */
  #judgedAt: number

  constructor(provider: string, { clock, windowMs, changed }: WatchedParts) {
    this.#provider = provider
    this.#clock = clock
    this.#window = new SlidingWindow(windowMs, () => new EvidenceStep())
    this.#changed = changed
    this.#sinceMs = this.#lastSeenMs = clock.epochMs()
    this.#judgedAt = clock.now()
  }

  add(evidence: Evidence): void {
    this.catchUp()
    this.#lastSeenMs = this.#clock.epochMs()
    this.#window.at(this.#judgedAt).counts[evidence] += 1
    this.#judge(this.#judgedAt)
  }

  /** Judges each step that has begun since, as if it had been looked at then: nobody need look while nobody asks. */
  catchUp(): void {
    const nowMs = this.#clock.now()
    for (const at of this.#window.begunSince(this.#judgedAt, nowMs)) this.#judge(at)
    this.#judgedAt = nowMs
  }

  get status(): ProviderStatus {
    const since = { sinceMs: this.#sinceMs, lastSeenMs: this.#lastSeenMs }
    return { provider: this.#provider, state: this.#state, ...this.#countsAt(this.#judgedAt), ...since }
  }

  /** Milliseconds until the window moves on; nothing where it is empty. */
  get nextMs(): number | undefined {
    return this.#countsAt(this.#judgedAt).attempts > 0 ? this.#window.untilNext(this.#judgedAt) : undefined
  }

  #judge(at: number): void {
    const from = this.#state
    const counts = this.#countsAt(at)
    const state = nextState(from, counts)
    if (state === from) return
    this.#state = state
    this.#sinceMs = this.#clock.epochMs() - (this.#clock.now() - at)
    this.#changed({ ...this.status, ...counts, from })
  }

  #countsAt(at: number): ProviderCounts {
    const sum = { answered: 0, failed: 0, limited: 0 }
    for (const { counts } of this.#window.within(at)) {
      sum.answered += counts.answered
      sum.failed += counts.failed
      sum.limited += counts.limited
    }
    return { attempts: sum.answered + sum.failed + sum.limited, failed: sum.failed, limited: sum.limited }
  }
}

/** Tells how providers do from what became of real attempts at them. Has a timer only while somebody wants to be told of changes. */
export class ProviderWatch implements TelemetryObserver {
  readonly #parts: MonitoringParts
  readonly #windowMs: number
  readonly #names = new LabelValues(MAX_PROVIDERS)
  readonly #watched = new Map<string, Watched>()
  readonly #ticking: Ticking
  #listeners: readonly { readonly tell: (change: ProviderChange) => unknown }[] = []

  constructor(parts: MonitoringParts, windowMs: number = PROVIDER_WINDOW_MS) {
    this.#parts = parts
    this.#windowMs = windowMs
    this.#ticking = new Ticking(parts.clock, () => this.#look())
  }

  record({ attempts }: CallRecord): void {
    for (const attempt of attempts) {
      const evidence = evidenceOf(attempt)
      if (evidence !== undefined) this.#of(this.#names.of(attempt.provider)).add(evidence)
    }
    this.#arm()
  }

  /** How each provider does that has been asked. */
  statuses(): readonly ProviderStatus[] {
    return this.#caughtUp().map(({ status }) => status)
  }

  /** Tells every change. Gives the function that ends it. */
  onChange(listener: (change: ProviderChange) => unknown): () => void {
    this.#caughtUp()
    const own = { tell: listener }
    this.#listeners = [...this.#listeners, own]
    this.#arm()
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== own)
      if (this.#listeners.length === 0) this.#ticking.pause()
    }
  }

  #caughtUp(): readonly Watched[] {
    const all = [...this.#watched.values()]
    for (const watched of all) watched.catchUp()
    return all
  }

  #of(provider: string): Watched {
    const known = this.#watched.get(provider)
    if (known) return known
    const { clock } = this.#parts
    const made = new Watched(provider, { clock, windowMs: this.#windowMs, changed: (change) => this.#tell(change) })
    this.#watched.set(provider, made)
    return made
  }

  #arm(): void {
    if (this.#listeners.length === 0 || this.#ticking.isArmed) return
    const nextMs = this.#look()
    if (nextMs !== undefined) this.#ticking.arm(nextMs)
  }

  #look(): number | undefined {
    return this.#caughtUp().find(({ nextMs }) => nextMs !== undefined)?.nextMs
  }

  #tell(change: ProviderChange): void {
    const { report } = this.#parts
    for (const listener of this.#listeners) tell(listener.tell, change, { where: 'provider status', report })
  }
}
