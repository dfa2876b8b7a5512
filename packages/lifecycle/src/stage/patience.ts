import { systemClock } from '@cepa/core'
import type { Via } from '../matrix/column.ts'

/** Thrown when something waits that must not. */
export class Stuck extends Error {
  override readonly name = 'Stuck'
}

/**
 * How long a cell may take before it counts as stuck. In process everything happens in promises, so turns of the event loop are
 * enough and no time has to go by; over HTTP the network needs real time, in milliseconds.
 */
const TURNS = 1_500
const MAX_MS = 10_000

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Lets the event loop go round. */
export async function turns(count: number): Promise<void> {
  for (let each = 0; each < count; each++) await turn()
}

/**
 * Waits for what must happen.
 *
 * @throws {Stuck} when it does not.
 */
export async function patiently<T>(via: Via, what: string, promise: Promise<T>): Promise<T> {
  let over = false
  const stuck = async (): Promise<never> => {
    const since = systemClock.now()
    const patient = (round: number): boolean => (via === 'process' ? round < TURNS : systemClock.now() - since < MAX_MS)
    for (let round = 0; !over && patient(round); round++) await turn()
    throw new Stuck(what)
  }
  try {
    return await Promise.race([promise, stuck()])
  } finally {
    over = true
  }
}
