import type { Completion } from './completion.ts'
import type { Entry } from './entry.ts'
import { ContractError } from './errors.ts'
import type { StreamEvent } from './event.ts'
import { type EventSource, feedOf } from './feed.ts'
import { Flow } from './flow.ts'
import type { Frame } from './frame.ts'
import type { Reply, ReplyFromOptions, Transform } from './reply.ts'
import { ReplyIterator } from './reply-iterator.ts'
import { isPromise } from './source.ts'

const drop = () => undefined

/** A reply in the hands of one holder: the layer that it has reached, or the caller. It is spent when it is handed on. */
export class LiveReply implements Reply {
  readonly flow: Flow
  /** The frame of facts that go outward with it. */
  readonly frame: Frame | undefined
  readonly #owner: Entry | undefined
  #spent = false
  #reader: 'none' | 'iterator' | 'drain' = 'none'
  /** Told when the reader first asks for an event. */
  onAsked: ((draining: boolean) => void) | undefined
  /** Told when the reader first has to wait for an event. */
  onWait: ((reply: LiveReply) => void) | undefined

  constructor(flow: Flow, owner?: Entry) {
    this.flow = flow
    this.#owner = owner
    this.frame = owner?.frame
  }

  /** A new reply in the place of this one, which it reads: with the same facts, in the same hands. */
  replacedBy(flow: Flow): LiveReply {
    this.#use()
    return new LiveReply(flow, this.#owner)
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, undefined> {
    this.#use()
    if (this.#reader !== 'none') throw new ContractError('reader', 'R3', 'the reply is read already; it has one reader')
    this.#reader = 'iterator'
    return new ReplyIterator(this)
  }

  result(): Promise<Completion> {
    const { promise } = this.flow.outcome
    if (this.#reader === 'none' && !this.#spent) Promise.resolve().then(() => this.#drain())
    return promise
  }

  async cancel(reason?: unknown): Promise<void> {
    if (!this.#spent) this.flow.cancel(reason)
  }

  transform(fn: Transform): Reply {
    this.#useUnread('transform')
    this.flow.transform(fn)
    return this
  }

  async peek(until?: (event: StreamEvent) => boolean): Promise<StreamEvent | undefined> {
    this.#useUnread('peek')
    this.#asked(false)
    return this.flow.peek(until)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel()
  }

  /** The reader asks for an event. */
  pull(): ReturnType<Flow['pull']> {
    if (this.onAsked) this.#asked(false)
    const pulled = this.flow.pull()
    if (this.onWait !== undefined && isPromise(pulled)) this.#waits()
    return pulled
  }

  /** Reads it all, for `complete()`. */
  async readAll(): Promise<Completion> {
    this.#drain()
    return this.flow.outcome.promise
  }

  /** Why a layer may not return this reply; `undefined` if it may. */
  problemFor(entry: Entry): string | undefined {
    if (this.#spent) return 'returned a reply that had been returned before'
    if (this.#owner && this.#owner.place.parent !== entry) return 'returned a reply of another call'
    if (this.#reader !== 'none')
      return 'returned a reply that it had read; make a new one by Reply.from(events, { of: reply })'
    if (this.flow.state === 'left') return 'returned a reply that it had cancelled'
    return undefined
  }

  /** Passes the reply on to the next holder. */
  handOn(owner: Entry): LiveReply {
    this.#spent = true
    return new LiveReply(this.flow, owner)
  }

  /** Leaves a reply that nobody will hold. */
  discard(): void {
    this.cancel().catch(drop)
  }

  #drain(): void {
    if (this.#reader !== 'none' || this.#spent || this.flow.state !== 'open') return
    this.#reader = 'drain'
    this.#asked(true)
    this.flow.drain()
  }

  #waits(): void {
    this.onWait?.(this)
    this.onWait = undefined
  }

  #asked(draining: boolean): void {
    this.onAsked?.(draining)
    this.onAsked = undefined
  }

  #use(): void {
    if (this.#spent) throw new ContractError('reply', 'R8', 'the reply was handed on; only its new holder may use it')
  }

  /** What changes or reads ahead must do so before the reading begins. */
  #useUnread(what: string): void {
    this.#use()
    if (this.#reader === 'none') return
    throw new ContractError('reader', 'R3', `the reply is being read; ${what} it before`)
  }
}

/** Makes a reply of a source of events. */
export function replyFrom(source: EventSource, options: ReplyFromOptions = {}): Reply {
  const of = options.of instanceof LiveReply ? options.of : undefined
  if (options.of && !of)
    throw new ContractError('reply', 'R8', 'Reply.from was given an `of` that is no reply of a layer inside')
  const flow = new Flow(feedOf(source), of?.flow)
  return of ? of.replacedBy(flow) : new LiveReply(flow)
}
