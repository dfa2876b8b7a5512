/** How long the kit waits for something that must happen, in milliseconds. */
const PATIENCE_MS = 2000

/** Something did not happen in time. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime'
}

/** A promise that must settle soon. @throws {NotInTime} */
export async function within<T>(promise: Promise<T>, what: string, limitMs: number = PATIENCE_MS): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new NotInTime(`${what} did not settle within ${limitMs} ms`)), limitMs)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
