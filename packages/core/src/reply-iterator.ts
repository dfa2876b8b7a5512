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
    if (this.#last === undefined) return this.#step()
    const after = () => this.#step()
    const queued = this.#last.then(after, after)
    this.#last = queued
    return queued
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

  #step(): Promise<Step> {
    if (this.#finished) return Promise.resolve(DONE)
    try {
      const pulled = this.#reply.pull()
      if (pulled === null || !('then' in pulled)) return Promise.resolve(this.#stepOf(pulled))
      const step: Promise<Step> = pulled.then(
        (event) => this.#settled(step, event),
        (error) => this.#failed(step, error),
      )
      this.#last = step
      return step
    } catch (error) {
      this.#finished = true
      return Promise.reject(error)
    }
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
