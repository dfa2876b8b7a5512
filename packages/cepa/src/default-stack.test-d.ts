// What must compile and what must not of the default stack (rules C2, P5). Compiled by the type check of the tests; never run.
import { fakeProvider } from '@cepa/testing'
import { expectTypeOf } from 'vitest'
import { type DefaultStackOptions, defaultStack, middleware, pipeline, profiler, telemetry } from './index.ts'

const request = { model: 'm', messages: [] }
const adapter = fakeProvider()
declare const tenants: boolean

/** Layers that are not given take no options. */
export function without(): void {
  const chat = pipeline(adapter, ...defaultStack())
  chat(request, { layers: { retry: { attempts: 1 }, timeout: { totalMs: 5 }, logging: false } })
  // @ts-expect-error: there is no cache
  chat(request, { layers: { cache: { mode: 'bypass' } } })
  // @ts-expect-error: there is none to leave out either
  chat(request, { layers: { cache: false } })
  // @ts-expect-error: there is no telemetry
  chat(request, { layers: { telemetry: { keep: true } } })
  // @ts-expect-error: there is no profiler
  chat(request, { layers: { profiler: false } })
  const other = pipeline(adapter, ...defaultStack({ retry: { attempts: 2 } }))
  // @ts-expect-error: there still is no cache
  other(request, { layers: { cache: { mode: 'bypass' } } })
}

/** Layers that are given take theirs, and nobody else's. */
export function given(): void {
  const chat = pipeline(adapter, ...defaultStack({ cache: { scope: 'shared' }, telemetry: { sample: { ratio: 1 } } }))
  chat(request, { layers: { cache: { mode: 'bypass' }, telemetry: { keep: true } } })
  // @ts-expect-error: there is no such mode
  chat(request, { layers: { cache: { mode: 'sometimes' } } })
  // @ts-expect-error: there is no profiler
  chat(request, { layers: { profiler: false } })
  const shared = pipeline(adapter, ...defaultStack({ telemetry: telemetry(), profiler: profiler() }))
  shared(request, { layers: { telemetry: { keep: true }, profiler: false } })
  // @ts-expect-error: there is no cache
  shared(request, { layers: { cache: { mode: 'bypass' } } })
}

/** Of what is given on a condition only the caller knows; a call that names what is not there is refused when it is made. */
export function maybe(options: DefaultStackOptions): void {
  const chat = pipeline(adapter, ...defaultStack(options))
  chat(request, { layers: { cache: { mode: 'bypass' }, telemetry: { keep: true }, profiler: false } })
  const conditional = pipeline(adapter, ...defaultStack({ cache: tenants ? { scope: 'shared' } : undefined }))
  conditional(request, { layers: { cache: { mode: 'bypass' } } })
}

/** A layer in another place has the name for it. */
export function elsewhere(): void {
  const chat = pipeline(adapter, ...defaultStack(), profiler())
  chat(request, { layers: { profiler: false } })
  pipeline(adapter, middleware({ name: 'cache' }), ...defaultStack())(request, { layers: { cache: false } })
}

/** Options that there are not, on the first level and further down. */
export function unknown(): void {
  // @ts-expect-error: there is no such layer
  defaultStack({ retyr: {} })
  // @ts-expect-error: nor beside one that there is
  defaultStack({ retry: {}, cahce: { scope: 'shared' } })
  // @ts-expect-error: retry has no such option
  defaultStack({ retry: { attemps: 3 } })
  // @ts-expect-error: the cache has no such option
  defaultStack({ cache: { scope: 'shared', ttl: 5 } })
  // @ts-expect-error: a cache needs its scope
  defaultStack({ cache: {} })
  // @ts-expect-error: in this stack it is called by the name that the options have
  defaultStack({ timeout: { name: 'callTimeout' } })
  expectTypeOf(defaultStack()[5].name).toEqualTypeOf<'noCache'>()
  expectTypeOf(defaultStack({ cache: { scope: 'shared' } })[5].name).toEqualTypeOf<'cache'>()
}
