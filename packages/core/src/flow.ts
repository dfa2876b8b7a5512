import type { Close, Entry } from './entry.ts'
import { ContractError, EndedError, errorOf, ProviderError } from './errors.ts'
import { isContent, type StreamEvent } from './event.ts'
import type { Feed } from './feed.ts'
import { IdleWatch } from './idle-watch.ts'
import { Outcome } from './outcome.ts'
import type { Transform } from './reply.ts'
import { Segment } from './segment.ts'

type Pulled = StreamEvent | null | Promise<StreamEvent | null>

/** An event has a type, a promise of one has not. */
const isPromise = (pulled: Pulled): pulled is Promise<StreamEvent | null> => pulled !== null && !('type' in pulled)

/**
 * The driver of one reply: pulls an event from the source when the reader asks for one, and lets it pass every layer that the
 * reply has crossed, in one hop. It knows nothing of the reader's handle, so that a forgotten handle can be collected.
 */
export class Flow {
  /** The inner reply that this one's source reads, if it said so. */
  readonly of: Flow | undefined
  readonly outcome: Outcome = new Outcome()
  /** Time in milliseconds that pulls have waited for the source. */
  waitedMs = 0
  /** Told once when the flow is over, however. */
  onSettled: (() => void) | undefined
  /** What ended the flow, if an error did. */
  error: Error | undefined
  readonly #feed: Feed
  readonly #segments: Segment[] = [new Segment()]
  /** The segment of a flow that has one only. */
  #only: Segment | undefined = this.#segments[0]
  #state: 'open' | 'done' | 'failed' | 'left' = 'open'
  /** The first entry that was attached, innermost: whose clock and idle limit hold. */
  #innermost: Entry | undefined
  #idle: IdleWatch | undefined
  /** What a reader gets who comes after the flow was given up as unread. */
  #unread: EndedError | undefined

  constructor(feed: Feed, of?: Flow) {
    this.#feed = feed
    this.of = of
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  get left(): boolean {
    return this.#state === 'left'
  }

  /** Whether `other` is this flow, or one that it reads. */
  carries(other: Flow): boolean {
    for (let flow: Flow | undefined = this; flow; flow = flow.of) if (flow === other) return true
    return false
  }

  /** The reply is the caller's answer: so is the attempt that made it. */
  win(): void {
    this.#innermost?.win()
    this.of?.win()
  }

  /** The reply crosses an entry's layers on its way out. */
  attach(entry: Entry): void {
    this.#top.attach(entry)
    if (this.#innermost) return
    this.#innermost = entry
    const limit = entry.scope.idleLimit()
    if (limit) this.#idle = new IdleWatch(limit, entry.root.options.clock, entry.plan.adapter.name)
  }

  /** Changes events for what is outside from here on. */
  transform(fn: Transform): void {
    this.#push(new Segment(fn))
  }

  /** The reader's next event; `null` after the last. @throws what failed the flow. */
  pull(): Pulled {
    // nearly every event of nearly every call goes this way: one segment, nothing queued, an answer at once
    const only = this.#only
    if (only === undefined || this.#state !== 'open') return this.#advance(this.#segments.length)
    const pulled = this.#pullSource()
    if (pulled === null || !('type' in pulled) || pulled.type === 'end') return this.#arrive(pulled)
    only.observe(pulled)
    return this.#state === 'open' ? pulled : this.#over()
  }

  /** Reads ahead to an event that `until` holds for; what was read waits for the layers further out and the reader. */
  async peek(until: (event: StreamEvent) => boolean = isContent): Promise<StreamEvent | undefined> {
    if (this.#top.entries.length > 0 || this.#top.transform || this.#segments.length === 1) this.#push(new Segment())
    const level = this.#segments.length - 1
    const { queue } = this.#top
    for (let index = 0; ; index++) {
      const queued = queue[index] ?? (await this.#advance(level))
      if (queued === null) return undefined
      if (index === queue.length) queue.push(queued)
      if (until(queued)) return queued
      if (queued.type === 'end') return undefined
    }
  }

  /** Everything from here on: the answer as it passes the outermost position. */
  async drain(): Promise<void> {
    try {
      while ((await this.pull()) !== null);
    } catch {
      // the outcome has the error
    }
  }

  /** An error crosses outward, from the source, or from a segment's transform at `from`: what is inside of that is abandoned. */
  fail(error: Error, from = 0): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.error = error
    this.#close(error, 'abandoned')
    const at = this.#now()
    for (const [index, segment] of this.#segments.entries()) {
      segment.finish(index < from ? { kind: 'abandoned', reason: error, at } : { kind: 'failed', error, at })
    }
    this.outcome.reject(error)
    this.onSettled?.()
  }

  /** What is outside leaves: every pass that has not ended is abandoned, or unread. */
  leave(reason: unknown, kind: 'abandoned' | 'unread' = 'abandoned'): void {
    if (this.#state !== 'open') return
    this.#state = 'left'
    this.#close(reason, kind)
    const close: Omit<Close, 'completion'> = { kind, reason, at: this.#now() }
    for (const segment of this.#segments) segment.finish(close)
    const what = kind === 'unread' ? 'the reply was not read in time' : 'the reply was left before its end'
    const error = new EndedError(what, reason === undefined ? undefined : { cause: reason })
    if (kind === 'unread') this.#unread = error
    this.outcome.reject(error, this.#ending)
    this.onSettled?.()
  }

  #push(segment: Segment): void {
    this.#segments.push(segment)
    this.#only = undefined
  }

  get #top(): Segment {
    return this.#segments.at(-1) as Segment
  }

  get #ending(): Entry['ending'] {
    return this.#top.entries.at(-1)?.ending ?? this.#segments.at(-2)?.entries.at(-1)?.ending
  }

  #now(): number {
    return this.#innermost?.root.now() ?? 0
  }

  #close(reason: unknown, kind: 'abandoned' | 'unread'): void {
    this.#idle?.stop()
    this.#feed.close(reason)
    this.of?.leave(reason, kind)
  }

  #arrive(pulled: Pulled): Pulled {
    if (isPromise(pulled)) return this.#wait(pulled, 1)
    return this.#take(pulled, 1) ?? this.#over()
  }

  /** One event past the first `level` segments. Answers at once where the source does. */
  #advance(level: number): Pulled {
    const pulled = this.#advanceNow(level)
    return isPromise(pulled) ? this.#wait(pulled, level) : pulled
  }

  /** As far as it goes without waiting: an event that came out, the end, or the source's promise. */
  #advanceNow(level: number): Pulled {
    while (this.#state === 'open') {
      const from = this.#queuedBelow(level)
      let event: StreamEvent | undefined
      if (from >= 0) event = this.#passQueued(from, level)
      else {
        const pulled = this.#pullSource()
        if (isPromise(pulled)) return pulled
        event = this.#take(pulled, level)
      }
      if (event !== undefined) return event
    }
    return this.#over()
  }

  #pullSource(): Pulled {
    try {
      return this.#feed.pull()
    } catch (thrown) {
      this.fail(errorOf(thrown))
      return null
    }
  }

  async #wait(pulled: Promise<StreamEvent | null>, level: number): Promise<StreamEvent | null> {
    for (let waiting = pulled; ; ) {
      const since = this.#now()
      this.#idle?.start(since)
      let event: StreamEvent | null = null
      try {
        event = await waiting
      } catch (thrown) {
        this.fail(errorOf(thrown))
      }
      this.#idle?.pause()
      this.waitedMs += this.#now() - since
      const next = this.#take(event, level) ?? this.#advanceNow(level)
      if (!isPromise(next)) return next
      waiting = next
    }
  }

  /** The outermost queue below a level that holds something; −1 where none does. */
  #queuedBelow(level: number): number {
    for (let index = level - 1; index > 0; index--) if (this.#segments[index]?.queue.length) return index
    return -1
  }

  /** Takes what waits in a segment's queue on outward. A peek that has given all back is no segment of its own any more. */
  #passQueued(index: number, level: number): StreamEvent | undefined {
    const segment = this.#segments[index] as Segment
    const event = this.#pass(segment.queue.shift() as StreamEvent, index, level)
    const spent = segment.queue.length === 0 && segment.transform === undefined
    if (spent && level === this.#segments.length && this.#state === 'open') {
      this.#segments[index - 1]?.absorb(segment)
      this.#segments.splice(index, 1)
      if (this.#segments.length === 1) this.#only = this.#segments[0]
    }
    return event
  }

  #take(event: StreamEvent | null, level: number): StreamEvent | undefined {
    if (this.#state !== 'open') return undefined
    if (event !== null) return this.#pass(event, 0, level)
    const provider = this.#innermost?.plan.adapter.name ?? 'unknown'
    this.fail(new ProviderError({ provider, kind: 'truncated', message: 'the events ended without an `end` event' }))
    return undefined
  }

  /** Lets an event pass the segments from `from` up to `level`; nothing comes out where a transform keeps, drops or queues it. */
  #pass(first: StreamEvent, from: number, level: number): StreamEvent | undefined {
    let event = first
    for (let index = from; index < level; index++) {
      const segment = this.#segments[index] as Segment
      if (index > from && segment.transform) {
        const made = this.#transformed(segment.transform, event, index)
        if (made === undefined) return undefined
        if (Array.isArray(made)) {
          for (const each of made as readonly StreamEvent[]) segment.queue.push(each)
          return undefined
        }
        event = made as StreamEvent
      }
      this.#observe(segment, index, event)
      if (this.#state !== 'open') return undefined
    }
    if (event.type === 'end' && level === this.#segments.length) this.#done()
    return event
  }

  #observe(segment: Segment, index: number, event: StreamEvent): void {
    segment.observe(event)
    if (event.type !== 'end' || this.#state !== 'open') return
    if (index === 0) {
      this.#idle?.stop()
      this.#feed.close()
    }
    segment.finish({ kind: 'done', at: this.#now() })
  }

  #transformed(fn: Transform, event: StreamEvent, index: number): ReturnType<Transform> {
    try {
      const made = fn(event)
      if (event.type === 'end' && !endsWithEnd(made)) {
        const layer = this.#segments[index]?.entries[0]?.passes.controller ?? 'transform'
        throw new ContractError(layer, 'R4', 'its transform let something else than `end` through as the last event')
      }
      return made
    } catch (thrown) {
      this.fail(errorOf(thrown), index)
      return undefined
    }
  }

  #done(): void {
    this.#state = 'done'
    this.outcome.resolve(() => this.#top.completion())
    this.onSettled?.()
  }

  #over(): null {
    if (this.#state === 'failed') throw this.error
    if (this.#unread) throw this.#unread
    return null
  }
}

const endsWithEnd = (made: ReturnType<Transform>): boolean => {
  if (made === undefined) return false
  if (!('length' in made)) return made.type === 'end'
  return made.at(-1)?.type === 'end' && made.filter((event) => event.type === 'end').length === 1
}
