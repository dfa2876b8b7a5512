import type { Root } from './root.ts'

/** The calls that run in a pipeline, for its `close`. */
export class Running {
  readonly #roots = new Set<Root>()
  #onIdle: (() => void) | undefined

  add(root: Root): boolean {
    if (this.#roots.has(root)) return false
    this.#roots.add(root)
    return true
  }

  remove(root: Root): void {
    this.#roots.delete(root)
    if (this.#roots.size === 0) this.#onIdle?.()
  }

  /** Runs `then` as soon as nothing runs: now, or when the last call is over. */
  whenIdle(then: () => void): void {
    if (this.#roots.size === 0) then()
    else this.#onIdle = then
  }

  /** Ends every call that runs. */
  abort(reason: Error): void {
    for (const root of [...this.#roots]) root.scope.fire(reason)
  }
}
