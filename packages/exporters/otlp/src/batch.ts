import type { ExportResult, TelemetryItem } from '@cepa/core'
import type { Exportable } from './export-items.ts'
import type { Sent } from './sender.ts'

/** One way that a part of a batch goes: its spans, its log records. */
export interface Way {
  send(part: Exportable, signal: AbortSignal): Promise<Sent>
}

/** Whether a batch is the same as one that was given before. */
const isSame = (some: readonly TelemetryItem[], others: readonly TelemetryItem[]): boolean =>
  some.length === others.length && some.every((item, index) => item === others[index])

/**
 * A batch on its ways. It is given again after a failure that may pass: what has arrived, or never will, is then not sent again.
 */
export class Batch {
  readonly #items: readonly TelemetryItem[]
  readonly #part: Exportable
  readonly #settled = new Map<Way, Sent>()

  constructor(items: readonly TelemetryItem[], part: Exportable) {
    this.#items = items
    this.#part = part
  }

  isOf(items: readonly TelemetryItem[]): boolean {
    return isSame(this.#items, items)
  }

  /** Sends what is not settled. */
  async send(ways: readonly Way[], signal: AbortSignal): Promise<ExportResult> {
    const sent = await Promise.all(ways.map((way) => this.#sendBy(way, signal)))
    return this.#resultOf(sent)
  }

  async #sendBy(way: Way, signal: AbortSignal): Promise<Sent> {
    const known = this.#settled.get(way)
    if (known) return known
    const sent = await way.send(this.#part, signal)
    if (sent.ok || !sent.retry) this.#settled.set(way, sent)
    return sent
  }

  #resultOf(sent: readonly Sent[]): ExportResult {
    const failed = sent.filter((each) => !each.ok)
    const [first] = failed.toSorted((one, other) => Number(other.retry) - Number(one.retry))
    if (first === undefined) {
      const refused = Math.max(0, ...sent.map((each) => (each.ok ? each.rejected : 0)))
      const rejected = Math.min(refused, this.#items.length)
      return rejected === 0 ? { ok: true } : { ok: true, rejected }
    }
    const { error, retry } = first
    const waits = failed.flatMap(({ retryAfterMs }) => retryAfterMs ?? [])
    return { ok: false, error, retry, ...(retry && waits.length > 0 && { retryAfterMs: Math.max(...waits) }) }
  }
}
