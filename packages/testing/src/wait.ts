import type { AbortSignal, Clock } from '@cepa/core'
import type { Step } from './script.ts'

/** Waits as a step says, or until the signal fires, which it throws. A step that does not wait takes no time. */
export function waitOn(step: Step, signal: AbortSignal, clock: Clock): Promise<void> | undefined {
  if ('waitMs' in step) {
    return interruptible(signal, (done) => clock.setTimer(step.waitMs, done))
  }
  if ('until' in step) {
    const { until } = step
    return interruptible(signal, (done) => {
      void (typeof until === 'function' ? until() : until).then(done, done)
      return () => undefined
    })
  }
  return 'stall' in step ? interruptible(signal, () => () => undefined) : undefined
}

function interruptible(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const aborted = (): void => {
      cancel()
      reject(signal.reason)
    }
    const cancel = begin(() => {
      signal.removeEventListener('abort', aborted)
      resolve()
    })
    signal.addEventListener('abort', aborted, { once: true })
  })
}
