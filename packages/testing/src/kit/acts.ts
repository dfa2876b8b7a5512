import type { CallerOptions, ChatRequest, Completion, Reply, StreamEvent } from '@cepa/core'
import { textOf } from '../collect.ts'
import type { Bench } from './bench.ts'

/** What a caller saw of its call. */
export interface Acted {
  /** `clock.now()` when the reply came. */
  readonly resolvedAt?: number
  readonly events: readonly StreamEvent[]
  readonly error?: Error
  readonly completion?: Completion
}

/** What a caller does with a call. */
export type Act = (bench: Bench, request: ChatRequest) => Promise<Acted>

/** Thrown by the caller of {@link throwing} inside its loop. */
const CALLERS_OWN = new Error('thrown by the caller inside its loop')

/** What a test does with a reply that it has. */
type Reading = (reply: Reply, events: StreamEvent[], bench: Bench) => Promise<Completion | undefined>

/** A call whose reply is read in some way; errors of either become part of what was seen. */
const reading =
  (read: Reading, caller: CallerOptions = {}): Act =>
  async (bench, request) => {
    const events: StreamEvent[] = []
    let resolvedAt: number | undefined
    const run = async (): Promise<Completion | undefined> => {
      const reply = await bench.chat(request, { signal: bench.probe.signal, ...caller })
      resolvedAt = bench.clock.now()
      return read(reply, events, bench)
    }
    const rest = await settled(run())
    return { events, ...rest, ...(resolvedAt !== undefined && { resolvedAt }) }
  }

const settled = async (promise: Promise<Completion | undefined>): Promise<Pick<Acted, 'completion' | 'error'>> => {
  try {
    const completion = await promise
    return completion ? { completion } : {}
  } catch (error) {
    return { error: error as Error }
  }
}

const take = async (reply: Reply, events: StreamEvent[], limit: number): Promise<undefined> => {
  if (limit === 0) return
  for await (const event of reply) if (events.push(event) >= limit) break
}

/** Reads to the end. */
export const readAll: Act = reading((reply, events) => take(reply, events, Number.POSITIVE_INFINITY))

/** Reads to the end under a deadline of the caller, in milliseconds. */
export const readWithin = (deadlineMs: number): Act =>
  reading((reply, events) => take(reply, events, Number.POSITIVE_INFINITY), { deadlineMs })

/** Leaves the loop after so many events. */
export const leaveAfter = (count: number): Act => reading((reply, events) => take(reply, events, count))

/** Throws in the loop after so many events. */
export const throwAfter = (count: number): Act =>
  reading(async (reply, events) => {
    try {
      for await (const event of reply) if (events.push(event) >= count) throw CALLERS_OWN
    } catch (error) {
      if (error !== CALLERS_OWN) throw error
    }
    return undefined
  })

/** Reads so many events by hand, then cancels. */
export const cancelAfter = (count: number): Act =>
  reading(async (reply, events) => {
    await pullBy(reply, events, count)
    await reply.cancel('enough')
    return undefined
  })

/** Disposes the reply without reading it. */
export const dispose: Act = reading(async (reply) => {
  await reply[Symbol.asyncDispose]()
  return undefined
})

/** Asks for the whole answer only, twice. */
export const resultOnly: Act = reading(async (reply) => {
  const first = reply.result()
  await reply.result()
  return first
})

/** Asks for the whole answer in the middle of the loop. */
export const resultDuring: Act = reading(async (reply, events) => {
  let result: Promise<Completion> | undefined
  for await (const event of reply) {
    events.push(event)
    if (result) continue
    result = reply.result()
    // where the loop throws, nobody asks for the result any more
    result.catch(() => undefined)
  }
  return result
})

/** Never reads. */
export const neverRead: Act = reading(async () => undefined)

/** Reads so many events, then aborts while it is busy with the last. */
export const abortWhileBusy = (count: number): Act =>
  reading(async (reply, events, { probe, clock }) => {
    const next = await pullBy(reply, events, count)
    probe.abort(new Error('enough'))
    await clock.settle()
    await next()
    return undefined
  })

/** Reads to the end and then aborts. */
export const abortAfterEnd: Act = reading(async (reply, events, { probe, clock }) => {
  await take(reply, events, Number.POSITIVE_INFINITY)
  probe.abort(new Error('too late'))
  await clock.settle()
  return undefined
})

/** A whole answer. */
export const whole: Act = (bench, request) => wholeWith(bench, request, {})

/** A whole answer under a deadline of the caller, in milliseconds. */
export const wholeWithin =
  (deadlineMs: number): Act =>
  (bench, request) =>
    wholeWith(bench, request, { deadlineMs })

/** An embedding. */
export const embed: Act = async ({ chat, probe }) => ({
  events: [],
  ...(await settled(chat.embed({ model: 'kit-model', input: ['a', 'b'] }, { signal: probe.signal }))),
})

/** Aborts at a time, in milliseconds; 0 is before the call. */
export const abortingAt =
  (atMs: number, act: Act): Act =>
  (bench, request) => {
    const { probe, clock } = bench
    if (atMs === 0) probe.abort(new Error('enough'))
    else clock.setTimer(atMs, () => probe.abort(new Error('enough')))
    return act(bench, request)
  }

async function wholeWith(bench: Bench, request: ChatRequest, caller: CallerOptions): Promise<Acted> {
  const rest = await settled(bench.chat.complete(request, { signal: bench.probe.signal, ...caller }))
  return { events: [], resolvedAt: bench.clock.now(), ...rest }
}

/** Pulls events by hand; gives the function that pulls on, so that no loop closes the reply. */
async function pullBy(reply: Reply, events: StreamEvent[], count: number): Promise<() => Promise<unknown>> {
  const iterator = reply[Symbol.asyncIterator]()
  while (events.length < count) {
    const step = await iterator.next()
    if (step.done) break
    events.push(step.value)
  }
  return () => iterator.next()
}

/** The text that a caller got, by events or whole. */
export const textSeen = ({ events, completion }: Acted): string => completion?.text ?? textOf(events)
