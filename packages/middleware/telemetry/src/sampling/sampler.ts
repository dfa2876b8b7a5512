import type { CallRecord, RecordedSampling } from '@cepa/core'
import { headKeeps } from './head.ts'
import { type KeepRules, keptFor } from './keep-rules.ts'
import { RateLimit } from './rate-limit.ts'

/** How calls are sampled. */
export interface SamplingRules extends KeepRules {
  /** Share of traces that is kept, from 0 to 1. */
  readonly ratio: number
}

/** Whether a record is kept, and what it then says of that; nothing where nothing is sampled. */
export type Decision =
  | { readonly keep: true; readonly sampling?: RecordedSampling }
  | { readonly keep: false; readonly by: 'head' | 'rate' }

type Reason = RecordedSampling['reason']

/**
 * Decides which records are kept. By chance first: a call has one probability of being kept, whose inverse is its weight. What the limit
 * of records per second then drops is carried by the next record that was kept for the same reason. Either way the sum of weights is,
 * but for what is carried at the end, the number of calls.
 */
export class Sampler {
  readonly #perSecond: number | undefined
  /** What is left to chance, and what rules keep, have an allowance each: a flood of one must not drown the other. */
  readonly #limits = new Map<'ordinary' | 'kept', RateLimit>()
  readonly #carried = new Map<Reason, number>()

  /** @param recordsPerSecond of the ordinary ones, and as many of those that rules keep. Default: no limit. */
  constructor(recordsPerSecond?: number) {
    this.#perSecond = recordsPerSecond
  }

  /** Whether records may be dropped because there are too many. */
  get isLimited(): boolean {
    return this.#perSecond !== undefined
  }

  /** @param said the caller wants this one kept. */
  decide(record: CallRecord, rules: SamplingRules, at: { readonly nowMs: number; readonly said?: boolean }): Decision {
    const { ratio } = rules
    const kept: Reason | undefined = at.said ? 'call' : keptFor(record, rules)
    // a call that chance keeps anyway has no reason of its own
    const reason = ratio >= 1 && kept !== 'call' ? (kept ?? 'all') : (kept ?? 'head')
    if (reason === 'head' && !headKeeps(record.trace?.traceId ?? record.id, ratio)) return { keep: false, by: 'head' }
    const weight = reason === 'head' ? 1 / ratio : 1
    if (this.#perSecond === undefined) return ratio >= 1 ? { keep: true } : { keep: true, sampling: { reason, weight } }
    const carried = this.#carried.get(reason) ?? 0
    if (!this.#allows(kept === undefined ? 'ordinary' : 'kept', at.nowMs)) {
      this.#carried.set(reason, carried + weight)
      return { keep: false, by: 'rate' }
    }
    this.#carried.delete(reason)
    return { keep: true, sampling: { reason, weight: weight + carried } }
  }

  #allows(which: 'ordinary' | 'kept', nowMs: number): boolean {
    const known = this.#limits.get(which)
    if (known) return known.take(nowMs)
    const limit = new RateLimit(this.#perSecond as number, nowMs)
    this.#limits.set(which, limit)
    return limit.take(nowMs)
  }
}
