import type { Close } from './close.ts'
import type { Completion } from './completion.ts'
import type { Ending } from './ending.ts'
import type { Entry } from './entry.ts'
import { ContractError, errorOf } from './errors.ts'
import type { StreamEvent } from './event.ts'
import type { Transform } from './reply.ts'
import { Segment } from './segment.ts'
import { transformProblem } from './transforming.ts'

/** What the way out tells the flow that it belongs to. */
export interface Driver {
  /** A transform threw: what is inside of it is abandoned, the rest fails. */
  fail(error: Error, from: number): void
  /** The `end` event has passed a segment. */
  endPassed(index: number): void
}

/** The level of whoever reads the reply: outside of all segments, however many there are by then. */
export const READER: number = Number.POSITIVE_INFINITY

type Closing = Omit<Close, 'completion'>

/** The way of one reply's events outward: segments, cut by transforms and peeks, the first innermost. */
export class WayOut {
  /** The segment of a way that has one only. */
  only: Segment | undefined
  readonly #segments: Segment[] = [new Segment()]
  readonly #driver: Driver

  constructor(driver: Driver) {
    this.#driver = driver
    this.only = this.#segments[0]
  }

  /** Number of segments. */
  get length(): number {
    return this.#segments.length
  }

  /** The outermost segment. */
  get top(): Segment {
    return this.#segments.at(-1) as Segment
  }

  /** How the outermost pass ended that the reply has crossed. */
  get ending(): Ending | undefined {
    return this.#segments.findLast(({ entries }) => entries.length > 0)?.entries.at(-1)?.ending
  }

  /** The answer as it has passed the outermost position. */
  completion(): Completion {
    return this.top.completion()
  }

  /** The reply crosses an entry's layers. */
  attach(entry: Entry): void {
    this.top.attach(entry)
  }

  /** Adds a segment outside, of what a transform makes of the events. */
  transform(fn: Transform): void {
    this.#push(new Segment(fn))
  }

  /** The segment that peeked events wait in: the outermost, if nothing has crossed or changed it yet, else a new one. */
  peekHere(): Segment {
    if (this.top.entries.length > 0 || this.top.transform || this.#segments.length === 1) this.#push(new Segment())
    return this.top
  }

  /** Whether something waits below a level. */
  hasWaiting(level: number): boolean {
    return this.#queuedBelow(level) >= 0
  }

  /** Takes what waits outermost on to a level. A peek that has given all back is no segment of its own any more. */
  passWaiting(level: number): StreamEvent | undefined {
    const index = this.#queuedBelow(level)
    const segment = this.#segments[index] as Segment
    const event = this.pass(segment.queue.take() as StreamEvent, index, level)
    const spent = segment.queue.length === 0 && segment.transform === undefined
    if (spent && level === READER) {
      this.#segments[index - 1]?.absorb(segment)
      this.#segments.splice(index, 1)
      if (this.#segments.length === 1) this.only = this.#segments[0]
    }
    return event
  }

  /** Lets an event pass the segments from `from` up to `level`; nothing comes out where a transform keeps, drops or queues it. */
  pass(first: StreamEvent, from: number, level: number): StreamEvent | undefined {
    let event = first
    const to = Math.min(level, this.#segments.length)
    for (let index = from; index < to; index++) {
      const segment = this.#segments[index] as Segment
      if (index > from && segment.transform) {
        const made = this.#transformed(segment.transform, event, index)
        if (made === undefined) return undefined
        if (Array.isArray(made)) {
          for (const each of made as readonly StreamEvent[]) segment.queue.add(each)
          return undefined
        }
        event = made as StreamEvent
      }
      segment.observe(event)
      if (event.type === 'end') this.#driver.endPassed(index)
    }
    return event
  }

  /** Ends the passes of one segment. */
  finishAt(index: number, close: Closing): void {
    this.#segments[index]?.finish(close)
  }

  /** Ends all passes, innermost first: those of segments before `from` as `before` says. */
  finish(close: Closing, before: Closing, from: number): void {
    for (const [index, segment] of this.#segments.entries()) segment.finish(index < from ? before : close)
  }

  #push(segment: Segment): void {
    this.#segments.push(segment)
    this.only = undefined
  }

  /** The outermost queue below a level that holds something; −1 where none does. */
  #queuedBelow(level: number): number {
    for (let index = Math.min(level, this.#segments.length) - 1; index > 0; index--)
      if (this.#segments[index]?.queue.length) return index
    return -1
  }

  #transformed(fn: Transform, event: StreamEvent, index: number): ReturnType<Transform> {
    try {
      const made = (this.#segments[index] as Segment).change(fn, event)
      const problem = transformProblem(event, made)
      if (problem === undefined) return made
      const layer = this.#segments[index]?.entries[0]?.passes.controller ?? 'reader'
      throw new ContractError(layer, 'R4', `its transform ${problem}`)
    } catch (thrown) {
      this.#driver.fail(errorOf(thrown), index)
      return undefined
    }
  }
}
