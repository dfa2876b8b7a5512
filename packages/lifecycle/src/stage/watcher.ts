import { type AnyFactKey, type AnyMiddleware, type MiddlewareSpec, middleware, type Traits } from '@cepa/core'
import type { WatchLog } from './watch-log.ts'

/** The hooks that watch. */
export type Hooks = Partial<Pick<MiddlewareSpec, 'provide' | 'start' | 'firstToken' | 'event' | 'note' | 'end'>>

/** What a layer does beside watching. */
export interface LayerParts {
  readonly handle?: NonNullable<MiddlewareSpec['handle']>
  readonly traits?: Traits
  readonly reads?: readonly AnyFactKey[]
  readonly gives?: readonly AnyFactKey[]
  /** Run after the layer has watched; what they throw or return is the layer's. */
  readonly hooks?: Hooks
}

/** Makes a layer of a name and its parts, for its place in the stack. */
export type LayerMaker = (log: WatchLog, name: string, depth: number) => AnyMiddleware

/** A layer with every hook, which writes what it is told into the log and then does what its parts say. */
export const watching =
  (parts: LayerParts = {}): LayerMaker =>
  (log, name, depth) => {
    const { hooks = {}, ...rest } = parts
    const starts = hooks.start
    const spec: MiddlewareSpec = {
      name,
      ...rest,
      provide(call) {
        log.provide(call, depth)
        return hooks.provide?.(call)
      },
      start(call) {
        const pass = log.start(call, { layer: name, depth, stateless: starts !== undefined })
        return starts ? starts(call) : pass.state
      },
      firstToken(call, event, state) {
        log.firstToken(call, event, state)
        return hooks.firstToken?.(call, event, state)
      },
      event(call, event, state) {
        log.event(call, event, state)
        return hooks.event?.(call, event, state)
      },
      note(call, note, state) {
        log.note(call, note, state)
        return hooks.note?.(call, note, state)
      },
      end(call, ending, state) {
        log.end(call, ending, state)
        return hooks.end?.(call, ending, state)
      },
    }
    return middleware(spec) as object as AnyMiddleware
  }
