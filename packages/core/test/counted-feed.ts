import type { VirtualClock } from '@cepa/testing'
import type { Feed, StreamEvent } from '../src/index.ts'
import { end, text } from './onion.ts'
import type { RandomAnswer } from './random-call.ts'

/** A feed that keeps account of how it is used. */
export class CountedFeed implements Feed {
  readonly problems: string[] = []
  closes = 0
  #pending: PromiseWithResolvers<StreamEvent | null> | undefined
  #next = 0
  #cancel: (() => void) | undefined
  readonly #answer: RandomAnswer
  readonly #clock: VirtualClock

  constructor(answer: RandomAnswer, clock: VirtualClock) {
    this.#answer = answer
    this.#clock = clock
  }

  pull(): StreamEvent | null | Promise<StreamEvent | null> {
    if (this.closes > 0) this.problems.push('pulled after it was closed')
    if (this.#pending) this.problems.push('pulled while a pull was pending')
    const index = this.#next++
    const waitMs = this.#answer.waitsMs[index] ?? 0
    if (waitMs === 0) return this.#give(index)
    const pending = Promise.withResolvers<StreamEvent | null>()
    this.#pending = pending
    const answer = () => {
      if (this.#pending !== pending) return
      this.#pending = undefined
      pending.resolve(this.#give(index))
    }
    if (waitMs < 0) queueMicrotask(answer)
    else this.#cancel = this.#clock.setTimer(waitMs, answer)
    return pending.promise
  }

  close(): void {
    this.closes++
    this.#cancel?.()
    this.#pending?.resolve(null)
    this.#pending = undefined
  }

  #give(index: number): StreamEvent | null | Promise<null> {
    const { waitsMs, closing } = this.#answer
    if (index < waitsMs.length) return text(`${index}.`)
    if (closing === 'end') return end()
    if (closing === 'truncated') return null
    if (closing === 'error') return Promise.reject(new Error('in the middle'))
    this.#pending = Promise.withResolvers<StreamEvent | null>()
    return this.#pending.promise as Promise<null>
  }
}
