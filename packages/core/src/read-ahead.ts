import { isContent, type StreamEvent } from './event.ts'
import type { Pulled } from './source.ts'
import type { WayOut } from './way-out.ts'

/** Reading ahead of the reader, for `peek`: one peek at a time, and nobody reads beside it. */
export class ReadAhead {
  readonly #way: WayOut
  readonly #advance: (level: number) => Pulled
  #last: Promise<unknown> | undefined

  /** @param advance reads one event past so many segments. */
  constructor(way: WayOut, advance: (level: number) => Pulled) {
    this.#way = way
    this.#advance = advance
  }

  /** The peek that is under way. */
  get underWay(): Promise<unknown> | undefined {
    return this.#last
  }

  /** Reads to an event that `until` holds for; what was read waits for the layers further out and the reader. */
  peek(until: (event: StreamEvent) => boolean = isContent): Promise<StreamEvent | undefined> {
    const read = () => this.#read(until)
    const peeked = this.#last ? this.#last.then(read, read) : read()
    this.#last = peeked
    const clear = () => {
      if (this.#last === peeked) this.#last = undefined
    }
    peeked.then(clear, clear)
    return peeked
  }

  async #read(until: (event: StreamEvent) => boolean): Promise<StreamEvent | undefined> {
    const { queue } = this.#way.peekHere()
    const level = this.#way.length - 1
    for (let index = 0; ; index++) {
      const event = queue.at(index) ?? (await this.#advance(level))
      if (event === null) return undefined
      if (index === queue.length) queue.add(event)
      if (until(event)) return event
      if (event.type === 'end') return undefined
    }
  }
}
