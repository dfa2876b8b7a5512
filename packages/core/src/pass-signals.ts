import { type Interruptible, Scope } from './scope.ts'
import type { AbortSignal } from './signal.ts'

/**
 * The signals that the layers of an entry, or its adapter, have asked for. Each fires with its scope, and as soon as the entry has been
 * left, so that whatever still waits inside can stop: a delay before a retry, a request on its way.
 */
export class PassSignals {
  readonly #target: Interruptible
  readonly #own = new Map<Scope, Scope>()
  #left: { readonly reason: Error } | undefined

  constructor(target: Interruptible) {
    this.#target = target
  }

  /** The signal for a scope; always the same one. */
  in(scope: Scope): AbortSignal {
    const own = this.#own.get(scope) ?? new Scope(this.#target, { parent: scope })
    this.#own.set(scope, own)
    const { signal } = own
    if (this.#left) own.abortQuietly(this.#left.reason)
    return signal
  }

  /** The entry has ended, and not by its `end` event. */
  leave(reason: Error): void {
    this.#left = { reason }
    for (const own of this.#own.values()) own.abortQuietly(reason)
  }
}
