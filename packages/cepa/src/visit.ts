import { type AbortSignal, createController, OptionError, type Reply } from '@cepa/core'

/** What a browser is answered with: a reply, or a function that asks for one under a signal that fires when the browser leaves. */
export type ReplySource = Reply | ((signal: AbortSignal) => Reply | Promise<Reply>)

const isReply = (answer: unknown): answer is Reply =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer && 'cancel' in answer

/** One answer on its way to one browser, which may leave at any time: before it was asked for, before there is a reply, in the middle. */
export class Visit {
  readonly #controller = createController()
  readonly #gone = Promise.withResolvers<undefined>()
  readonly #answer: ReplySource
  #reply: Reply | undefined
  #left = false

  /** @throws {OptionError} for what is neither a reply nor a function. */
  constructor(owner: string, answer: ReplySource) {
    if (!isReply(answer) && typeof answer !== 'function') {
      const value = (answer as unknown) instanceof Promise ? 'a promise' : `a ${typeof answer}`
      const remedy = 'it must be a reply, or a function: (signal) => chat(request, { signal })'
      throw new OptionError({ owner, field: 'answer', value, remedy })
    }
    this.#answer = answer
    if (isReply(answer)) this.#reply = answer
  }

  /**
   * The reply as soon as it is there; `undefined` if the browser left before.
   *
   * @throws what the function that asks for it throws.
   */
  reply(): Promise<Reply | undefined> {
    // who asks may not heed the signal; whoever waits here need not wait for that
    return Promise.race([this.#gone.promise, this.#ask()])
  }

  /** The browser left: the reply is left too, or no longer asked for. */
  async leave(reason: unknown): Promise<void> {
    this.#left = true
    // the reply first: a call that has one ends `abandoned`, one that has none yet `aborted`
    const cancelled = this.#reply?.cancel(reason)
    this.#controller.abort(reason instanceof Error ? reason : new Error('the browser left'))
    this.#gone.resolve(undefined)
    await cancelled
  }

  async #ask(): Promise<Reply | undefined> {
    if (this.#left) return undefined
    if (typeof this.#answer !== 'function') return this.#answer
    const reply = await this.#answer(this.#controller.signal)
    if (this.#left) await reply.cancel('the browser left')
    this.#reply = reply
    return reply
  }
}
