import type { AnyMiddleware, Call, MiddlewareSpec } from '@cepa/core'

/** A middleware with what was seen of it. */
export interface Instrumented {
  readonly layer: AnyMiddleware
  /** What `start` returned, in order. */
  readonly states: readonly unknown[]
}

const HOOKS = ['assemble', 'provide', 'start', 'firstToken', 'event', 'note', 'end', 'handle', 'close'] as const

/** The same middleware with its states kept. The hooks run on their own object, as they are used to. */
export function instrument(middleware: AnyMiddleware): Instrumented {
  const spec = middleware['~spec']
  const states: unknown[] = []
  const copy: Record<string, unknown> = { ...spec }
  for (const hook of HOOKS) if (spec[hook]) copy[hook] = (spec[hook] as (...given: never[]) => unknown).bind(spec)
  if (spec.start) {
    copy.start = (call: Call<never, never>): unknown => {
      const state = spec.start?.(call as never)
      states.push(state)
      return state
    }
  }
  return { layer: { ...middleware, '~spec': copy as object as MiddlewareSpec }, states }
}
