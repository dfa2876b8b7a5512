import type { StreamEvent } from '@cepa/core'

/**
 * Whether the model's output moves on with an event: text, reasoning, a tool call and the pieces of its arguments, a file. The complete
 * `tool-call` is put together from its pieces.
 */
function isPiece(event: StreamEvent): boolean {
  switch (event.type) {
    case 'text':
    case 'reasoning':
      return event.text !== ''
    case 'tool-call-delta':
      return event.argumentsText !== ''
    case 'tool-call-start':
    case 'file':
      return true
    default:
      return false
  }
}

/** The times between the pieces of one answer; those that came with one read of the network have 0 between them. */
export class ChunkGaps {
  /** Milliseconds, in order. */
  readonly gapsMs: number[] = []
  // not a number rather than absent: a field that holds nothing but doubles is written in place
  #lastAt = Number.NaN

  event(event: StreamEvent): void {
    if (!isPiece(event)) return
    // also an event that a layer made with an older time; the next gap is then measured from the newest
    const isLater = !(event.at <= this.#lastAt)
    if (!Number.isNaN(this.#lastAt)) this.gapsMs.push(isLater ? event.at - this.#lastAt : 0)
    if (isLater) this.#lastAt = event.at
  }
}
