import type { CallRecord, Clock, ProviderState, ProviderStatus, RecordedAttempt } from '@cepa/core'
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

/** One provider, and how it does. */
class Watched {
  readonly #provider: string
  readonly #window: SlidingWindow<EvidenceStep>
  readonly #clock: Clock
  #state: ProviderState = 'up'
  #sinceMs: number
  #lastSeenMs: number

  constructor(provider: string, windowMs: number, clock: Clock) {
    this.#provider = provider
    this.#window = new SlidingWindow(windowMs, () => new EvidenceStep())
    this.#clock = clock
    this.#sinceMs = this.#lastSeenMs = clock.epochMs()
  }

  add(evidence: Evidence): void {
    this.#lastSeenMs = this.#clock.epochMs()
    this.#window.at(this.#clock.now()).counts[evidence] += 1
  }

  get counts(): ProviderCounts {
    const sum = { answered: 0, failed: 0, limited: 0 }
    for (const { counts } of this.#window.within(this.#clock.now())) {
      sum.answered += counts.answered
      sum.failed += counts.failed
      sum.limited += counts.limited
    }
    return { attempts: sum.answered + sum.failed + sum.limited, failed: sum.failed, limited: sum.limited }
  }

  get status(): ProviderStatus {
    const since = { sinceMs: this.#sinceMs, lastSeenMs: this.#lastSeenMs }
    return { provider: this.#provider, state: this.#state, ...this.counts, ...since }
  }

  /** Milliseconds until the window moves on. */
  get nextMs(): number {
    return this.#window.untilNext(this.#clock.now())
  }

  /** Judges anew; what changed, if anything did. */
  judge(): ProviderChange | undefined {
    const from = this.#state
    const state = nextState(from, this.counts)
    if (state === from) return undefined
    this.#state = state
    this.#sinceMs = this.#clock.epochMs()
    return { ...this.status, from }
  }
}

/** Tells how providers do from what became of real attempts at them. */
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
    for (const attempt of attempts) this.#take(attempt)
  }

  /** How each provider does that has been asked. */
  statuses(): readonly ProviderStatus[] {
    return [...this.#watched.values()].map(({ status }) => status)
  }

  /** Tells every change. Gives the function that ends it. */
  onChange(listener: (change: ProviderChange) => unknown): () => void {
    const own = { tell: listener }
    this.#listeners = [...this.#listeners, own]
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== own)
    }
  }

  /** Ends all of it. */
  stop(): void {
    this.#ticking.stop()
  }

  #take(attempt: RecordedAttempt): void {
    const evidence = evidenceOf(attempt)
    if (evidence === undefined) return
    const watched = this.#of(this.#names.of(attempt.provider))
    watched.add(evidence)
    this.#judge(watched)
    this.#ticking.arm(watched.nextMs)
  }

  #of(provider: string): Watched {
    const known = this.#watched.get(provider)
    if (known) return known
    const made = new Watched(provider, this.#windowMs, this.#parts.clock)
    this.#watched.set(provider, made)
    return made
  }

  #look(): number | undefined {
    for (const watched of this.#watched.values()) this.#judge(watched)
    return [...this.#watched.values()].find(({ counts }) => counts.attempts > 0)?.nextMs
  }

  #judge(watched: Watched): void {
    const change = watched.judge()
    if (change === undefined) return
    const { report } = this.#parts
    for (const listener of this.#listeners) tell(listener.tell, change, { where: 'provider status', report })
  }
}
