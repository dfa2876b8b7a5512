import type { EndingKind, TimeSpan } from '@cepa/core'
import type { OverCall } from './over-call.ts'

/** What is kept of a call. Nothing of its content, and nothing that holds on to it. */
export interface KeptCall {
  readonly id: string
  readonly requestId: string | undefined
  readonly pipeline: string
  readonly provider: string
  readonly model: string
  readonly ending: EndingKind
  /** `clock.now()` of the start. */
  readonly startedAt: number
  readonly wallMs: number
  readonly events: number
  readonly spans: readonly TimeSpan[]
}

/** The last calls, no more than so many. */
export class CallHistory {
  readonly #most: number
  readonly #kept: KeptCall[] = []
  /** Where the next one goes, once it is full. */
  #next = 0

  constructor(most: number) {
    this.#most = most
  }

  add({ call, requestId, answerer, ending, times }: OverCall): void {
    if (this.#most === 0) return
    const kept: KeptCall = {
      id: call.id,
      requestId,
      pipeline: call.pipeline,
      provider: answerer.provider,
      model: answerer.model,
      ending,
      startedAt: times.startedAt,
      wallMs: times.wallMs,
      events: times.events,
      spans: times.spans,
    }
    if (this.#kept.length < this.#most) this.#kept.push(kept)
    else this.#kept[this.#next] = kept
    this.#next = (this.#next + 1) % this.#most
  }

  /** In the order in which they ended. */
  get calls(): readonly KeptCall[] {
    if (this.#kept.length < this.#most) return [...this.#kept]
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)]
  }

  reset(): void {
    this.#kept.length = 0
    this.#next = 0
  }
}
