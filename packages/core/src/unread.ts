import type { Clock } from './clock.ts'
import type { Flow } from './flow.ts'
import type { LiveReply } from './live-reply.ts'

/** All that is kept of a reply for the day that its handle is collected; empty once the reply has settled. */
interface Token {
  flow: Flow | undefined
  asked: boolean
  registered: boolean
}

/** Microtasks for the reply to travel through the caller's own async functions. */
const TURNS_TO_WAIT = 4

/** Ends replies that nobody reads: for certain after a time, and as soon as the handle is collected (rule E5). */
export class UnreadWatch {
  readonly #clock: Clock
  readonly #afterMs: number
  readonly #collected = new FinalizationRegistry<Token>(({ flow, asked }) =>
    flow?.leave('its handle was collected', asked ? 'abandoned' : 'unread'),
  )

  constructor(clock: Clock, afterMs: number) {
    this.#clock = clock
    this.#afterMs = afterMs
  }

  watch(reply: LiveReply): void {
    const { flow } = reply
    // it may have ended on its way to the caller; nothing is left to wait for then
    if (flow.state !== 'open') return
    const token: Token = { flow, asked: false, registered: false }
    const cancel = this.#clock.setTimer(this.#afterMs, () => flow.leave(undefined, 'unread'), { background: true })
    flow.onSettled = () => {
      cancel()
      token.flow = undefined
    }
    reply.onAsked = (draining) => {
      cancel()
      token.asked = true
      // a drain needs no handle: whoever has its promise waits for it
      if (draining) token.flow = undefined
    }
    // given the reply when it is told: a closure over it here would be one that the flow holds too
    reply.onWait = (waiting) => this.#register(waiting, token)
    this.#registerIfIdle(reply, token)
  }

  /**
   * A reply that is asked at once and whose events are all there needs no watch, and its registration would cost more than the rest of
   * the call, in garbage collection. So only what rests for a few microtasks, or has to wait for its source, is registered.
   */
  async #registerIfIdle(reply: LiveReply, token: Token): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_WAIT; turn++) await undefined
    if (!token.asked) this.#register(reply, token)
  }

  #register(reply: LiveReply, token: Token): void {
    if (token.flow === undefined || token.registered) return
    token.registered = true
    this.#collected.register(reply, token)
  }
}
