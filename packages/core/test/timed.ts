import {
  type Adapter,
  type AnyMiddleware,
  type CallTimes,
  type EventSource,
  type Fault,
  type MiddlewareSpec,
  middleware,
  noteKey,
  type Pipeline,
  pipeline,
  Reply,
  type StreamEvent,
  type TimedHook,
} from '../src/index.ts'
import type { BusyClock } from './busy-clock.ts'
import { answering, type Chat, end, request, text } from './onion.ts'

export const toldNote = noteKey<number>('told')

/** The layer that the times are taken for, and where they are told to. */
export const timing = (tell: (times: CallTimes) => void, name = 'timed'): AnyMiddleware =>
  middleware({ name, traits: { timings: true }, start: (call) => call.onTimes(tell) })

/** A layer with every hook, that controls and hands the reply on. */
export const all = (name: string): MiddlewareSpec => ({
  name,
  provide: () => undefined,
  start: () => undefined,
  firstToken: () => undefined,
  event: () => undefined,
  note: () => undefined,
  end: () => undefined,
  handle: (call, next) => next(call),
})

/** The same, that only watches, and tells notes. */
export const watching = (name: string): MiddlewareSpec => {
  const { handle: _handle, ...hooks } = all(name)
  return { ...hooks, end: (call) => call.emit(toldNote, 1) }
}

/** A layer that changes events. */
export const changing = (name: string, change: (event: StreamEvent) => StreamEvent): MiddlewareSpec => ({
  ...all(name),
  handle: async (call, next) => (await next(call)).transform(change),
})

/** A layer that reads the reply and gives a new one. */
export const rewriting = (name: string, each: () => void): MiddlewareSpec => ({
  ...all(name),
  handle: async (call, next) => {
    const reply = await next(call)
    const read = async function* () {
      for await (const event of reply) {
        each()
        yield event
      }
    }
    return Reply.from(read(), { of: reply })
  },
})

/** A layer that asks nobody. */
export const replying = (name: string, source: () => EventSource): MiddlewareSpec => ({
  ...all(name),
  handle: async () => Reply.from(source()),
})

/** The spec with a hook that keeps the clock busy in each run. */
export function planted(spec: MiddlewareSpec, hook: TimedHook, busy: () => void): MiddlewareSpec {
  const original = spec[hook as keyof MiddlewareSpec] as ((...given: unknown[]) => unknown) | undefined
  const run = (...given: unknown[]): unknown => {
    busy()
    return original?.call(spec, ...given)
  }
  return { ...spec, [hook]: run }
}

/** Texts without number, then `end`. */
export const texts = (count: number): StreamEvent[] => [...Array.from({ length: count - 1 }, () => text('a')), end()]

/** Makes a call and reads it. */
export async function makeCall(clock: BusyClock, chat: Chat, each?: () => void | Promise<void>): Promise<void> {
  const read = async () => {
    for await (const _ of await chat(request)) await each?.()
  }
  await clock.runUntil(read())
}

/** A pipeline of layers whose order only the assembly checks. */
export const put = (parts: {
  readonly adapter: Adapter
  readonly layers: readonly AnyMiddleware[]
  readonly clock?: BusyClock
  readonly name?: string
  readonly report?: (fault: Fault) => void
}): Pipeline => pipeline({ ...parts, layers: parts.layers as [] })

export const stackOf = (clock: BusyClock, layers: readonly AnyMiddleware[], source: () => EventSource): Pipeline =>
  put({ adapter: answering(() => source()), layers, clock, name: 'stack' })

/** Self time of one hook of one layer. */
export const selfMs = (times: CallTimes, layer: string, hook: TimedHook): number =>
  times.self.find((each) => each.layer === layer && each.hook === hook)?.ms ?? 0

/** Self time of all hooks of all layers. */
export const allSelfMs = ({ self }: CallTimes): number => self.reduce((sum, { ms }) => sum + ms, 0)
