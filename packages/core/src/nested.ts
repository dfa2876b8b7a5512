import type { Adapter } from './adapter.ts'
import type { NestedStack } from './assembly.ts'
import type { AnyMiddleware } from './middleware.ts'
import type { Operation, Requests } from './request.ts'

const STACK: unique symbol = Symbol('cepa.stack')

/** Lets a pipeline or a route tell the pipeline around it which layers and facts it has. */
export const tellStack = <A extends object>(adapter: A, stack: NestedStack): A =>
  Object.defineProperty(adapter, STACK, { value: stack })

/** What an adapter tells of the stack within it; `undefined` for a leaf. */
export const stackWithin = (adapter: object): NestedStack | undefined => (adapter as { [STACK]?: NestedStack })[STACK]

const LEAF: unique symbol = Symbol('cepa.leaf')

/** Which leaf adapter a request reaches. */
type LeafFor = (request: Requests[Operation]) => Adapter

/** Lets a pipeline or a route tell where it leads. */
export const tellLeaf = <A extends object>(adapter: A, leafFor: LeafFor): A =>
  Object.defineProperty(adapter, LEAF, { value: leafFor })

/** The leaf adapter that a request to an adapter reaches, as the stack stands; the adapter itself where it leads nowhere. */
export function leafOf(adapter: Adapter, request: Requests[Operation]): Adapter {
  try {
    return (adapter as { [LEAF]?: LeafFor })[LEAF]?.(request) ?? adapter
  } catch {
    // a route that does not know the model refuses the call in its own time
    return adapter
  }
}

/** What several adapters, such as the targets of a route, tell together. */
export function stackWithinAll(adapters: readonly Adapter[]): NestedStack {
  const within = adapters.flatMap((each) => stackWithin(each) ?? [])
  return {
    facts: within.flatMap((each) => each.facts),
    allLayers: within.flatMap((each) => each.allLayers),
  }
}

/**
 * The layers of a pipeline, those of the pipelines that it goes on to included; of a route, the layers of all its targets. Each once.
 *
 * @example
 * layersWithin(pipeline(route({ openai: chat, anthropic: claude }), telemetry())).map(({ name }) => name)
 */
export const layersWithin = (adapter: Adapter): readonly AnyMiddleware[] => [
  ...new Set(stackWithin(adapter)?.allLayers),
]
