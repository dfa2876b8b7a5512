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
  #notes = 0

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

  /** Takes an item in; `false` where there is no room. */
  add(waiting: Waiting): boolean {
    if (!this.#hasRoom(waiting.bytes)) return false
    this.#items.push(waiting)
    this.#count(waiting, 1)
    return true
  }

  /** Lets notes go, the oldest first, until there is room for so many bytes; the number of them. */
  makeRoom(bytes: number): number {
    const before = this.#notes
    if (bytes > this.#limits.maxQueueBytes) return 0
    while (this.#notes > 0 && !this.#hasRoom(bytes)) {
      const at = this.#items.findIndex(({ item }, index) => index >= this.#first && item.type === 'note')
      for (const note of this.#items.splice(at, 1)) this.#count(note, -1)
    }
    return before - this.#notes
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
      this.#count(next, -1)
      end += 1
    }
    const batch = this.#items.slice(this.#first, end)
    this.#first = end
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
    this.#bytes = this.#notes = 0
    return length
  }

  #hasRoom(bytes: number): boolean {
    const { maxQueueItems, maxQueueBytes } = this.#limits
    return this.length < maxQueueItems && this.#bytes + bytes <= maxQueueBytes
  }

  #count({ item, bytes }: Waiting, times: 1 | -1): void {
    this.#bytes += times * bytes
    if (item.type === 'note') this.#notes += times
  }
}
