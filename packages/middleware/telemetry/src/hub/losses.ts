import { type Clock, LOSS_SCHEMA, type LossReason, type LossRecord } from '@cepa/core'

type Counts = Partial<Record<LossReason, number>>

const add = (counts: Counts, reason: LossReason, count: number): void => {
  counts[reason] = (counts[reason] ?? 0) + count
}

/** Counts what did not reach a destination: in all, and since it was last told there. */
export class Losses {
  readonly total: Counts = {}
  readonly #clock: Clock
  #untold: Counts = {}
  #sinceMs = 0
  #atMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get hasUntold(): boolean {
    return this.#atMs !== 0
  }

  add(reason: LossReason, count: number): void {
    if (count <= 0) return
    add(this.total, reason, count)
    add(this.#untold, reason, count)
    this.#atMs = this.#clock.epochMs()
    if (this.#sinceMs === 0) this.#sinceMs = this.#atMs
  }

  /** What has not been told yet, which from now on it has. */
  take(): LossRecord {
    const record = { schema: LOSS_SCHEMA, sinceMs: this.#sinceMs, atMs: this.#atMs, lost: this.#untold } as const
    this.#untold = {}
    this.#sinceMs = this.#atMs = 0
    return record
  }

  /** It was not told after all. */
  giveBack({ sinceMs, atMs, lost }: LossRecord): void {
    for (const [reason, count] of Object.entries(lost)) add(this.#untold, reason as LossReason, count)
    this.#sinceMs = sinceMs
    this.#atMs = Math.max(this.#atMs, atMs)
  }
}
