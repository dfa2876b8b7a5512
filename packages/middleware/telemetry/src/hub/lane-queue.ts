import type { TelemetryItem } from '@cepa/core'

/** An item with its size, as it waits. */
export interface Waiting {
  readonly item: TelemetryItem
  readonly bytes: number
}

/** What of a queue is bounded, and by how much. */
export interface QueueLimits {
  readonly maxQueueItems: number
  readonly maxQueueBytes: number
  readonly maxBatchItems: number
  readonly maxBatchBytes: number
}

/** The items that wait for one exporter: no more than so many and so many bytes. Those that come when it is full are refused. */
export class LaneQueue {
  readonly #limits: QueueLimits
  #items: Waiting[] = []
  /** Position of the oldest: items before it are gone, and cut off now and then. */
  #first = 0
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get length(): number {
    return this.#items.length - this.#first
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Whether a whole batch waits. */
  get hasBatch(): boolean {
    return this.length >= this.#limits.maxBatchItems || this.#bytes >= this.#limits.maxBatchBytes
  }

  /** Takes an item in; `false` where there is no room. One that is larger than everything may still wait alone. */
  add(waiting: Waiting): boolean {
    const { maxQueueItems, maxQueueBytes } = this.#limits
    const full = this.length >= maxQueueItems || (this.length > 0 && this.#bytes + waiting.bytes > maxQueueBytes)
    if (full) return false
    this.#items.push(waiting)
    this.#bytes += waiting.bytes
    return true
  }

  /** The oldest items, as many as make a batch. */
  takeBatch(): readonly Waiting[] {
    const { maxBatchItems, maxBatchBytes } = this.#limits
    let bytes = 0
    let end = this.#first
    while (end < this.#items.length && end - this.#first < maxBatchItems) {
      const next = this.#items[end] as Waiting
      if (end > this.#first && bytes + next.bytes > maxBatchBytes) break
      bytes += next.bytes
      end += 1
    }
    const batch = this.#items.slice(this.#first, end)
    this.#first = end
    this.#bytes -= bytes
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return batch
  }

  /** Empties it; the number of items that were there. */
  clear(): number {
    const { length } = this
    this.#items = []
    this.#first = 0
    this.#bytes = 0
    return length
  }
}
