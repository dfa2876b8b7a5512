import type { Completion } from './completion.ts'
import type { Ending } from './ending.ts'
import { setEnding } from './set-ending.ts'

/** How a flow came out, for `result()`. A promise is made only when somebody asks, so that nothing goes unhandled. */
export class Outcome {
  #promise: Promise<Completion> | undefined
  #settle: { resolve(value: Completion): void; reject(error: Error): void } | undefined
  #value: (() => Completion) | undefined
  #error: Error | undefined

  get promise(): Promise<Completion> {
    if (this.#promise) return this.#promise
    if (this.#value) this.#promise = Promise.resolve(this.#value())
    else if (this.#error) this.#promise = Promise.reject(this.#error)
    else {
      this.#promise = new Promise((resolve, reject) => {
        this.#settle = { resolve, reject }
      })
    }
    return this.#promise
  }

  resolve(value: () => Completion): void {
    this.#value = value
    this.#settle?.resolve(value())
  }

  reject(error: Error, ending?: Ending): void {
    this.#error = error
    if (ending) setEnding(error, ending)
    this.#settle?.reject(error)
  }
}
