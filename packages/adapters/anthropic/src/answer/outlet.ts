import type { EventBody, StreamEvent } from '@cepa/core'

/** Where the events of one message of the wire go, with the time of the network read that brought it. */
export class Outlet {
  readonly #at: number
  readonly #out: StreamEvent[]

  constructor(at: number, out: StreamEvent[]) {
    this.#at = at
    this.#out = out
  }

  tell(event: EventBody): void {
    this.#out.push({ ...event, at: this.#at })
  }
}
