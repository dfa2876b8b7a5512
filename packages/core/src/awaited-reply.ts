import type { Reply } from './reply.ts'

const drop = () => undefined

/**
 * The promise of an entry's reply. It is let go of when it settles: a flow knows its entries, and must not know the caller's handle by
 * them (rule R7).
 */
export class AwaitedReply {
  #open: PromiseWithResolvers<Reply> | undefined = Promise.withResolvers<Reply>()

  /** The promise, while it is open. */
  get promise(): Promise<Reply> {
    return this.#open?.promise as Promise<Reply>
  }

  resolve(reply: Reply): void {
    this.#open?.resolve(reply)
    this.#open = undefined
  }

  reject(error: Error): void {
    // a layer may drop the promise of its next(); that is told as rule R8, not as an unhandled rejection
    this.#open?.promise.catch(drop)
    this.#open?.reject(error)
    this.#open = undefined
  }
}
