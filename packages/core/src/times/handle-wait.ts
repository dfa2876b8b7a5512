import type { Entry } from '../entry.ts'
import { type Account, HOOK } from './account.ts'
import type { Times } from './times.ts'

/** A call's wait for the controlling layer of an entry, or for its adapter, on the account of that one. */
export class HandleWait {
  readonly #times: Times
  readonly #account: Account
  #over = false

  private constructor(times: Times, account: Account) {
    this.#times = times
    this.#account = account
    times.wait(account)
  }

  /** The wait begins; `undefined` where times are not taken, or nobody controls. */
  static begin({ root: { times }, place, passes }: Entry): HandleWait | undefined {
    if (times === undefined) return undefined
    const account = place.adapter ? times.provider : passes.controllerAccount(HOOK.handle)
    return account && new HandleWait(times, account)
  }

  /** There is an answer, or nobody waits for it any more. */
  end(): void {
    if (this.#over) return
    this.#over = true
    this.#times.waited(this.#account)
  }
}
