import { ClosedError } from './errors.ts'
import type { Root } from './root.ts'

/** The calls that run in a pipeline, for its `close`. */
export class Running {
  readonly #roots = new Set<Root>()
  readonly #pipeline: string
  #onIdle: (() => void) | undefined
  #over = false

  constructor(pipeline: string) {
    this.#pipeline = pipeline
  }

  /** Takes a call in. @throws {ClosedError} when the pipeline has closed. */
  add(root: Root): boolean {
    if (this.#over) throw new ClosedError(this.#pipeline)
    if (this.#roots.has(root)) return false
    this.#roots.add(root)
    return true
  }

  remove(root: Root): void {
    this.#roots.delete(root)
    if (this.#roots.size === 0) this.#onIdle?.()
  }

  /** Runs `then` as soon as nothing runs: now, or when the last call is over. From then on nothing may begin, detached calls either. */
  whenIdle(then: () => void): void {
    this.#onIdle = () => {
      this.#over = true
      then()
    }
    if (this.#roots.size === 0) this.#onIdle()
  }

  /** Ends every call that runs, each by an error of its own. */
  abort(): void {
    for (const root of [...this.#roots]) root.scope.fire(new ClosedError(this.#pipeline))
  }
}
