import type { Leftovers } from './leftovers.ts'
import { patiently, Stuck } from './patience.ts'
import type { World } from './world.ts'

/** Time that goes by after everything is over, in milliseconds: longer than any limit, so that a timer that was left would fire. */
const AFTERWARDS_MS = 600_000

const handedOut = ({ upstream }: World): number =>
  upstream.requests.reduce((sum, request) => sum + request.handedOut, 0)

const stuckOr = async <T>(promise: Promise<T>): Promise<T | Stuck> => {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Stuck) return error
    throw error
  }
}

/** Closes the pipeline; tells how many calls it had to wait for, as far as can be seen from outside: none, or some. */
async function callsAtClose({ assembledChat, clock, column }: World): Promise<number> {
  if (assembledChat === undefined) return 0
  const waiting = clock.pending.length
  const closing = assembledChat.close({ deadlineMs: 1 })
  // it sets a timer where there is something to wait for
  const calls = clock.pending.length - waiting
  await clock.advance(1)
  // a nested pipeline has a deadline of its own
  await clock.advance(AFTERWARDS_MS)
  const closed = await stuckOr(patiently(column.via, 'the pipeline to close', closing))
  return closed instanceof Stuck ? Math.max(1, calls) : calls
}

/**
 * Ends a world whose act is over: lets the provider go on where it was held, lets time go by, closes the pipeline and the
 * provider, and tells what was left behind.
 */
export async function closeDown(world: World): Promise<Omit<Leftovers, 'unhandled'>> {
  const { column, clock, gates, signals, upstream } = world
  await clock.settle()
  const timers = clock.pending.length
  await stuckOr(patiently(column.via, 'the answers to settle', upstream.settled()))
  const before = handedOut(world)
  gates.openAll()
  await upstream.carried()
  await clock.advance(AFTERWARDS_MS)
  await upstream.carried()
  const handedOutAfter = handedOut(world) - before
  const listeners = signals.reduce((sum, probe) => sum + probe.listeners, 0)
  const calls = await callsAtClose(world)
  const left = await upstream.release()
  return { timers, listeners, handedOutAfter, calls, ...left }
}
