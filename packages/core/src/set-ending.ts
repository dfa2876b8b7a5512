import type { Ending } from './ending.ts'

/** Puts the ending of a call on the error that its caller gets; an error that takes no property is left as it is. */
export function setEnding(error: Error, ending: Ending): void {
  if (!Object.isExtensible(error)) return
  Object.defineProperty(error, 'ending', { value: ending, configurable: true, writable: true })
}
