import type { StreamEvent } from './event.ts'
import type { LiveReply } from './live-reply.ts'

type Step = IteratorResult<StreamEvent, undefined>

const DONE: Step = Object.freeze({ value: undefined, done: true })

/** The one iterator of a reply. It holds the handle, so that the handle is not collected while it is being read. */
export class ReplyIterator implements AsyncIterableIterator<StreamEvent, undefined> {
  readonly #reply: LiveReply
  /** The last step that has not settled yet; a further one waits for it (rule R3). */
  #last: Promise<Step> | undefined
  #finished = false

  constructor(reply: LiveReply) {
    this.#reply = reply
  }

  next(): Promise<Step> {
    return this.#last === undefined ? this.#step() : this.#queued(this.#last)
  }

  async return(): Promise<Step> {
    this.#finished = true
    this.#reply.discard()
    return DONE
  }

  async throw(error?: unknown): Promise<Step> {
    this.#finished = true
    this.#reply.cancel(error)
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Asks for an event. What the source answers at once is passed on in the one promise that the caller awaits. */
  #step(): Promise<Step> {
    if (this.#finished) return Promise.resolve(DONE)
    let pulled: ReturnType<LiveReply['pull']>
    try {
      pulled = this.#reply.pull()
    } catch (error) {
      this.#finished = true
      return Promise.reject(error)
    }
    if (pulled !== null && 'type' in pulled) return Promise.resolve({ value: pulled, done: false })
    return pulled === null ? Promise.resolve(this.#stepOf(null)) : this.#waited(pulled)
  }

  #waited(pulled: Promise<StreamEvent | null>): Promise<Step> {
    const step: Promise<Step> = pulled.then(
      (event) => this.#settled(step, event),
      (error) => this.#failed(step, error),
    )
    this.#last ??= step
    return step
  }

  /** A step that waits for the one before it to settle (rule R3). */
  #queued(before: Promise<Step>): Promise<Step> {
    const after = () => this.#step()
    const queued = before.then(after, after)
    this.#last = queued
    const clear = () => {
      if (this.#last === queued) this.#last = undefined
    }
    queued.then(clear, clear)
    return queued
  }

  #settled(step: Promise<Step>, event: StreamEvent | null): Step {
    if (this.#last === step) this.#last = undefined
    return this.#stepOf(event)
  }

  #failed(step: Promise<Step>, error: unknown): never {
    if (this.#last === step) this.#last = undefined
    this.#finished = true
    throw error
  }

  #stepOf(event: StreamEvent | null): Step {
    if (event !== null) return { value: event, done: false }
    this.#finished = true
    return DONE
  }
}
