import type { AbortSignal } from '@cepa/core'

/** What some work gives, or `instead` once the signal fires; the work itself goes on. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal, instead: () => T): Promise<T> {
  if (signal.aborted) return Promise.resolve(instead())
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve(instead())
    signal.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
