import type { StreamEvent } from './event.ts'

/** Taken events are let go of in batches of this many, so that taking one never moves the rest. */
const BATCH = 1024

/** What waits in nearly every queue, always. */
const NOTHING: (StreamEvent | undefined)[] = []

/** Events that wait in order. Any number of them can wait: taking one costs the same. */
export class EventQueue {
  #events: (StreamEvent | undefined)[] = NOTHING
  #taken = 0

  get length(): number {
    return this.#events.length - this.#taken
  }

  add(event: StreamEvent): void {
    if (this.#events === NOTHING) this.#events = []
    this.#events.push(event)
  }

  /** The event at a position from the front. */
  at(index: number): StreamEvent | undefined {
    return this.#events[this.#taken + index]
  }

  /** Takes the front event away. */
  take(): StreamEvent | undefined {
    const event = this.#events[this.#taken]
    if (event === undefined) return undefined
    this.#events[this.#taken] = undefined
    this.#taken += 1
    if (this.#taken === this.#events.length || this.#taken === BATCH) {
      this.#events = this.#events.slice(this.#taken)
      this.#taken = 0
    }
    return event
  }
}
