import type { Entry } from '../entry.ts'
import { type Account, HOOK } from './account.ts'
import type { Times } from './times.ts'

/** The pulls from one source, on the account of the adapter, or of the layer that has made the reply. */
export class TimedPulls {
  readonly #times: Times
  readonly #account: Account
  #waiting = false

  private constructor(times: Times, account: Account) {
    this.#times = times
    this.#account = account
  }

  /** Of a source whose reply has reached its first entry; `undefined` where times are not taken. */
  static of({ root: { times }, place, passes }: Entry): TimedPulls | undefined {
    if (times === undefined) return undefined
    const account = place.adapter ? times.provider : passes.controllerAccount(HOOK.reply)
    return account && new TimedPulls(times, account)
  }

  /** A pull begins; whether its event is timed, and {@link end} wants to be called. */
  begin(): boolean {
    return !this.#times.leaveOut() && this.#times.beginPull(this.#account)
  }

  end(): void {
    this.#times.endPull()
  }

  /** A pull was not answered at once. Waits are timed without exception. */
  beginWait(now: number): void {
    this.#waiting = true
    this.#times.beginWait(this.#account, now)
  }

  /** It was answered, or the reply is over, be it waited for or not. */
  endWait(now: number): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#times.endWait(this.#account, now)
  }
}
