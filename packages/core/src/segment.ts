import type { Close } from './close.ts'
import { CompletionAccumulator } from './completion.ts'
import type { Entry } from './entry.ts'
import { isContent, type StreamEvent } from './event.ts'
import { EventQueue } from './event-queue.ts'
import { fuse, type Observer, observerOf, passFirstToken, passTimed } from './fused.ts'
import type { Transform } from './reply.ts'
import { type Account, HOOK } from './times/account.ts'
import type { Times } from './times/times.ts'

/**
 * A part of a reply's way out in which every position sees the same events: from the source, a transform or a peek to the next of
 * these. All hooks of all layers in it run in one loop, and share one account of what has passed.
 */
export class Segment {
  /** Makes what enters the segment of what left the one inside; absent for the source and for a peek. */
  readonly transform: Transform | undefined
  /** What has come out of the transform, or was peeked at, and has not passed the segment's layers yet. */
  readonly queue: EventQueue = new EventQueue()
  readonly entries: Entry[] = []
  readonly #accumulator = new CompletionAccumulator()
  readonly #events: Observer[] = []
  readonly #firstTokens: Observer[] = []
  /** All event hooks in one function; made anew when layers are added. */
  #passEvent: ((event: StreamEvent) => void) | undefined
  #sawContent = false
  #times: Times | undefined
  /** Where the time of the transform counts: with the layer that made it, which controls the first entry outside of it. */
  #transforming: Account | undefined

  constructor(transform?: Transform) {
    this.transform = transform
  }

  /** Takes an entry in, outside of those that are there. */
  attach(entry: Entry): void {
    this.#passEvent = undefined
    this.#times = entry.root.times
    if (this.transform && this.entries.length === 0) this.#transforming = entry.passes.controllerAccount(HOOK.transform)
    this.entries.push(entry)
    for (const index of entry.stretch.events) this.#events.push(observerOf(entry, index))
    for (const index of entry.stretch.firstTokens) this.#firstTokens.push(observerOf(entry, index))
  }

  /** Takes over the layers of the next segment outward, which has seen every event that this one has. */
  absorb(outer: Segment): void {
    this.#passEvent = undefined
    this.entries.push(...outer.entries)
    this.#events.push(...outer.#events)
    this.#firstTokens.push(...outer.#firstTokens)
  }

  /** What the segment's transform makes of an event. @throws what it throws. */
  change(transform: Transform, event: StreamEvent): ReturnType<Transform> {
    const times = this.#times
    if (!times?.timing || this.#transforming === undefined) return transform(event)
    const before = times.begin()
    times.run(this.#transforming)
    try {
      return transform(event)
    } finally {
      times.end(before)
    }
  }

  /** Lets one event pass: all hooks, innermost first. */
  observe(event: StreamEvent): void {
    this.#accumulator.add(event)
    if (!this.#sawContent && isContent(event)) {
      this.#sawContent = true
      passFirstToken(this.#firstTokens, event, this.#times)
    }
    if (this.#times?.timing) {
      passTimed(this.#events, event, this.#times)
      return
    }
    this.#passEvent ??= fuse(this.#events)
    this.#passEvent(event)
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
