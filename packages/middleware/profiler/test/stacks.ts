import { type AnyMiddleware, type Fault, type MiddlewareSpec, middleware, type Pipeline, pipeline } from '@cepa/core'
import { collect, type FakeProvider, fakeProvider, type Script } from '@cepa/testing'
import { BusyClock } from './busy-clock.ts'

export const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

/** How long each hook of a layer takes, in milliseconds. */
export type BusyHooks = Partial<Record<'provide' | 'start' | 'firstToken' | 'event' | 'note' | 'end', number>>

/** A layer whose hooks keep the clock busy. */
export function busyLayer(name: string, clock: BusyClock, hooks: BusyHooks): AnyMiddleware {
  const own = Object.entries(hooks).map(([hook, ms]) => [hook, () => clock.busy(ms)] as const)
  return middleware({ name, ...Object.fromEntries(own) } as MiddlewareSpec)
}

/** What a bench is made of. */
export interface BenchParts {
  readonly script?: Script
  readonly provider?: string
  readonly name?: string
  readonly clock?: BusyClock
}

/** A pipeline whose order only the assembly checks, on a clock that time is planted in. */
export interface Bench {
  readonly clock: BusyClock
  readonly provider: FakeProvider
  readonly chat: Pipeline
  readonly faults: readonly Fault[]
  /** Makes a call and reads it, `each` between events. */
  read(model?: string, each?: () => void | Promise<void>): Promise<void>
}

export function bench(layers: (clock: BusyClock) => readonly AnyMiddleware[], parts: BenchParts = {}): Bench {
  const { script = 'one two three', provider: providerName = 'fake', name = 'chat', clock = new BusyClock() } = parts
  const provider = fakeProvider(script, { name: providerName, asynchronous: true })
  const faults: Fault[] = []
  const report = (fault: Fault): void => void faults.push(fault)
  const chat = pipeline({ adapter: provider, layers: layers(clock) as [], clock, name, report })
  const read = async (model = 'm', each?: () => void | Promise<void>): Promise<void> => {
    for await (const _ of await chat({ ...request, model })) await each?.()
  }
  return { clock, provider, chat, faults, read: (model, each) => clock.runUntil(read(model, each)) }
}

/** Makes a call whose outcome does not matter. */
export const tryCall = (made: Bench, options: object = {}): Promise<unknown> =>
  made.clock.runUntil(collect(made.chat(request, options)).catch(() => undefined))
