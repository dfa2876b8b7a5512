import type { CallRecord, EndingKind } from '@cepa/core'

/** What of a finished call its groups count. */
export interface GroupedCall {
  readonly ending: EndingKind
  readonly attempts: number
  readonly cacheHit: boolean
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars; absent where it is not known. */
  readonly costUsd: number | undefined
}

/** Sums over the calls of a group and of the groups within it. */
export interface GroupSums {
  /** Groups within it, theirs included. */
  readonly groups: number
  /** Calls that have ended. */
  readonly calls: number
  /** Calls that run. */
  readonly openCalls: number
  /** How the calls ended; zeros are left out. */
  readonly endings: Readonly<Partial<Record<CallRecord['ending'], number>>>
  readonly attempts: number
  readonly cacheHits: number
  /** Tokens that were spent over all attempts, as far as they are known. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars; absent where the cost of any call is not known. */
  readonly costUsd?: number
  /** US dollars of the calls whose cost is known. */
  readonly knownCostUsd: number
}

/** Adds up calls. */
export class Sums {
  groups = 0
  openCalls = 0
  #calls = 0
  #attempts = 0
  #cacheHits = 0
  #inputTokens = 0
  #outputTokens = 0
  #knownCostUsd = 0
  #unpriced = 0
  readonly #endings: Partial<Record<EndingKind, number>> = {}

  add(call: GroupedCall): void {
    this.#calls += 1
    this.#attempts += call.attempts
    this.#endings[call.ending] = (this.#endings[call.ending] ?? 0) + 1
    if (call.cacheHit) this.#cacheHits += 1
    this.#inputTokens += call.inputTokens
    this.#outputTokens += call.outputTokens
    if (call.costUsd === undefined) this.#unpriced += 1
    else this.#knownCostUsd += call.costUsd
  }

  get value(): GroupSums {
    const costUsd = this.#knownCostUsd
    return {
      groups: this.groups,
      calls: this.#calls,
      openCalls: this.openCalls,
      endings: { ...this.#endings },
      attempts: this.#attempts,
      cacheHits: this.#cacheHits,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      ...(this.#unpriced === 0 && { costUsd }),
      knownCostUsd: costUsd,
    }
  }
}
