import type { Clock } from '@cepa/core'
import type { AnswerRecorder } from './answer-recorder.ts'

/** A store did not answer in the time that a call gives it. */
export class StoreTimeout extends Error {
  override readonly name = 'StoreTimeout'
}

/** What one pass through a cache keeps. */
export class CachePass {
  /** Writes the answer down, where it is to be stored. */
  recorder: AnswerRecorder | undefined
  /** Where it is to be stored. */
  key = ''
  ttlMs = 0
  /** Whether an answer that is stored already stays. */
  onlyIfAbsent = false
  /** What of the pass's time was not the provider's, in milliseconds. */
  lookupMs = 0
  /** Whether the pass has ended. */
  over = false
  #stopWaiting: (() => void) | undefined

  /** Waits for a store, but not longer than `ms`, nor than the pass lasts. */
  waitFor<T>(answer: PromiseLike<T>, clock: Clock, ms: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const late = (why: string) => reject(new StoreTimeout(why))
      const cancel = clock.setTimer(ms, () => late(`the store did not answer within ${ms} ms`))
      this.#stopWaiting = () => {
        cancel()
        late('the call ended before the store answered')
      }
      answer.then(
        (value) => {
          cancel()
          resolve(value)
        },
        (error) => {
          cancel()
          reject(error)
        },
      )
    })
  }

  /** The pass has ended: nothing waits any more. */
  end(): void {
    this.over = true
    this.#stopWaiting?.()
  }
}
