import type { Clock } from '@cepa/core'
import type { RetrySettings } from './retry-options.ts'

/** What one pass through the layer keeps. */
export class RetryPass {
  readonly settings: RetrySettings
  /** The attempt that runs, or ran last; from 1, and 0 before the first. */
  attempt = 0
  /** Whether the reply has left the layer: its first content, or an end without any, is on its way. */
  answered = false
  /** Whether the pass is over, by an abort or because what is outside has left. Nothing is sent any more then. */
  over = false
  #stopWaiting: (() => void) | undefined

  constructor(settings: RetrySettings) {
    this.settings = settings
  }

  /** Waits before the next attempt; ends at once when the pass does. */
  wait(clock: Clock, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.setTimer(delayMs, resolve)
      this.#stopWaiting = () => {
        cancel()
        resolve()
      }
    })
  }

  end(): void {
    this.over = true
    this.#stopWaiting?.()
    this.#stopWaiting = undefined
  }
}
