import type { Clock } from '@cepa/core'

/** Waits for work that never rejects, but no longer than so many milliseconds; whether it was done by then. */
export function within(clock: Clock, deadlineMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(deadlineMs, () => resolve(false))
    void work.then(() => {
      cancel()
      resolve(true)
    })
  })
}
