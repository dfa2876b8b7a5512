import type { StreamEvent } from '@cepa/core'
import { encodeEvent } from './event-codec.ts'
import { Unwritable } from './write-json.ts'

/** Why an answer is not stored although it is whole. */
export type Unstorable =
  | { readonly reason: 'too-large' }
  /** Something in it cannot be written; `what` says where and what. */
  | { readonly reason: 'not-data'; readonly what: string }

/**
 * Writes down an answer while it passes, each event at once: what a reader does to an event afterwards is not in it, and an answer that
 * is too large is dropped as soon as that is known.
 */
export class AnswerRecorder {
  /** The events so far, encoded. */
  readonly events: string[] = []
  unstorable: Unstorable | undefined
  readonly #since: number
  readonly #maxBytes: number
  /** Characters so far, a lower bound of the bytes. */
  #size = 0
  #complete = false

  /** @param since `clock.now()` from which the events' times count. */
  constructor(since: number, maxBytes: number) {
    this.#since = since
    this.#maxBytes = maxBytes
  }

  /** Whether everything up to the `end` event was written down. */
  get complete(): boolean {
    return this.#complete && this.unstorable === undefined
  }

  /** Takes an event in. */
  add(event: StreamEvent): void {
    if (this.unstorable) return
    try {
      const text = encodeEvent(event, this.#since)
      this.#size += text.length + 1
      this.events.push(text)
    } catch (error) {
      this.#giveUp({ reason: 'not-data', what: error instanceof Unwritable ? error.message : String(error) })
      return
    }
    if (this.#size > this.#maxBytes) this.#giveUp({ reason: 'too-large' })
    if (event.type === 'end') this.#complete = true
  }

  #giveUp(unstorable: Unstorable): void {
    this.unstorable = unstorable
    this.events.length = 0
  }
}
