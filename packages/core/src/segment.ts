import { CompletionAccumulator } from './completion.ts'
import type { Close, Entry } from './entry.ts'
import { isContent, type StreamEvent } from './event.ts'
import type { Transform } from './reply.ts'

/** One layer's hook, ready to be called for each event. */
interface Observer {
  readonly entry: Entry
  readonly index: number
}

/**
 * A part of a reply's way out in which every position sees the same events: from the source, a transform or a peek to the next of
 * these. All hooks of all layers in it run in one loop, and share one account of what has passed.
 */
export class Segment {
  /** Makes what enters the segment of what left the one inside; absent for the source and for a peek. */
  readonly transform: Transform | undefined
  /** What has come out of the transform, or was peeked at, and has not passed the segment's layers yet. */
  readonly queue: StreamEvent[] = []
  readonly entries: Entry[] = []
  readonly #accumulator = new CompletionAccumulator()
  readonly #events: Observer[] = []
  readonly #firstTokens: Observer[] = []
  #sawContent = false

  constructor(transform?: Transform) {
    this.transform = transform
  }

  /** Takes an entry in, outside of those that are there. */
  attach(entry: Entry): void {
    this.entries.push(entry)
    for (const index of entry.stretch.events) this.#events.push({ entry, index })
    for (const index of entry.stretch.firstTokens) this.#firstTokens.push({ entry, index })
  }

  /** Lets one event pass: all hooks, innermost first. A hook that ends the flow ends the loop. */
  observe(event: StreamEvent): void {
    this.#accumulator.add(event)
    if (!this.#sawContent && isContent(event)) {
      this.#sawContent = true
      this.#run(this.#firstTokens, 'firstToken', event)
    }
    this.#run(this.#events, 'event', event)
  }

  #run(observers: readonly Observer[], hook: 'firstToken' | 'event', event: StreamEvent): void {
    for (let next = 0; next < observers.length; next++) {
      const observer = observers[next] as Observer
      if (observer.entry.ended) return
      try {
        observer.entry.passes.observe(observer.index, hook, event)
      } catch (thrown) {
        observer.entry.passes.fault(observer.index, hook, thrown)
      }
    }
  }

  /** Ends the passes of the segment's layers, innermost first, with what has passed them. */
  finish(close: Omit<Close, 'completion'>): void {
    if (this.entries.every((entry) => entry.ended)) return
    const completion = this.#accumulator.snapshot()
    for (const entry of this.entries) entry.finish({ ...close, completion })
  }

  /** What has passed so far. */
  completion(): ReturnType<CompletionAccumulator['snapshot']> {
    return this.#accumulator.snapshot()
  }
}
