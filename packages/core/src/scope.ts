import { AbortedError, abortErrorOf } from './errors.ts'
import { type AbortSignal, createController } from './signal.ts'

/** What a scope ends when it fires. */
export interface Interruptible {
  interrupt(scope: Scope): void
}

/**
 * The reach of an abort: what runs under one signal. A call has one; `with({ signal })`, `with({ idleMs })` and every attempt
 * open one further in. What fires outside has fired inside, never the other way round.
 *
 * Scopes stand in for `AbortSignal.any`, which costs more than a whole layer: a real signal is only made when somebody asks.
 */
export class Scope {
  readonly parent: Scope | undefined
  readonly idleMs: number | undefined
  /** Who set the idle limit. */
  readonly setBy: string
  /** How far the call got, for the error of the idle limit. */
  readonly progress: (() => string) | undefined
  fired = false
  #reason: unknown
  #error: Error | undefined
  readonly #target: Interruptible
  #own: ReturnType<typeof createController> | undefined
  #children: Scope[] = []
  #stopListening: (() => void) | undefined
  #released = false

  constructor(
    target: Interruptible,
    options: { parent?: Scope; signal?: AbortSignal; idleMs?: number; setBy?: string; progress?: () => string },
  ) {
    this.#target = target
    this.parent = options.parent
    this.idleMs = options.idleMs
    this.setBy = options.setBy ?? 'caller'
    this.progress = options.progress
    options.parent?.adopt(this)
    if (options.signal) this.#listen(options.signal)
  }

  /** What the passes within end with. One error for all of them, and for no other call. */
  get error(): Error {
    this.#error ??= this.parent?.error ?? abortErrorOf(this.#reason)
    return this.#error
  }

  /** A real signal for this scope, made when first asked for. */
  get signal(): AbortSignal {
    if (this.#own === undefined) {
      this.#own = createController()
      if (this.fired) this.#own.abort(this.#reason)
    }
    return this.#own.signal
  }

  /** Whether this scope is `other` or lies within it. */
  within(other: Scope): boolean {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) if (scope === other) return true
    return false
  }

  /** The innermost idle limit around this scope that is the tightest. */
  idleLimit(): Scope | undefined {
    let tightest: Scope | undefined
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope.idleMs !== undefined && scope.idleMs < (tightest?.idleMs ?? Number.POSITIVE_INFINITY)) tightest = scope
    }
    return tightest
  }

  /** Ends everything within, at once. */
  fire(reason: unknown): void {
    if (this.fired) return
    this.#mark(reason)
    this.#error ??= abortErrorOf(reason)
    this.#target.interrupt(this)
  }

  /** Aborts the signals that were asked for, here and within; the passes have ended by then. */
  abortSignals(): void {
    this.#own?.abort(this.#reason)
    for (const child of this.#children) child.abortSignals()
  }

  /** Takes a scope in that lies within this one. */
  adopt(child: Scope): void {
    this.#children.push(child)
    if (this.fired) child.#mark(this.#reason)
    if (this.#released) child.release()
  }

  /** Lets go of the outside: no listener stays on a signal that somebody else owns, and none is added any more. */
  release(): void {
    this.#released = true
    this.#stopListening?.()
    this.#stopListening = undefined
    for (const child of this.#children) child.release()
  }

  /** Aborts the scope's own signal without ending anything: what is inside has ended by other means. */
  abortQuietly(reason: unknown): void {
    this.#own?.abort(reason)
  }

  #listen(signal: AbortSignal): void {
    if (this.fired) return
    if (signal.aborted) {
      this.#firedBy(signal)
      return
    }
    if (this.#released) return
    const onAbort = () => this.#firedBy(signal)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#stopListening = () => signal.removeEventListener('abort', onAbort)
  }

  /** A layer's signal may say by Cepa's own error what it means; the caller's reason is shared with whatever else runs under its signal. */
  #firedBy(signal: AbortSignal): void {
    if (this.fired) return
    if (this.parent === undefined) this.#error = new AbortedError(signal.reason)
    this.fire(signal.reason)
  }

  #mark(reason: unknown): void {
    if (this.fired) return
    this.fired = true
    this.#reason = reason
    for (const child of this.#children) child.#mark(reason)
  }
}
