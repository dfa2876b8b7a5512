import type { Adapter } from './adapter.ts'
import type { DetachedCallView, Passage } from './call-view.ts'
import type { Detaching } from './detaching.ts'
import type { Entry } from './entry.ts'
import type { FrameShape } from './frame.ts'
import type { MiddlewareSpec } from './middleware.ts'
import type { Reply } from './reply.ts'

/**
 * A run of layers that the driver crosses in one step: watching layers and, last, the one that controls. A stack is a chain of
 * stretches; what follows the last is the adapter.
 */
export interface Stretch {
  /** Outermost first. */
  readonly layers: readonly MiddlewareSpec[]
  /** Position of the first of them in the plan. */
  readonly offset: number
  /** The controlling layer; the last of `layers`. */
  readonly handler: MiddlewareSpec | undefined
  /** Positions of the layers that have the hook, innermost first. */
  readonly events: readonly number[]
  readonly firstTokens: readonly number[]
  readonly notes: readonly number[]
  readonly inner: Stretch | undefined
  readonly plan: Plan
}

/** A stack, ready to run. */
export interface Plan {
  /** Name of the pipeline. */
  readonly name: string
  readonly layers: readonly MiddlewareSpec[]
  readonly adapter: Adapter
  readonly shape: FrameShape
  /** Goes on from the innermost layer to the adapter. */
  readonly cross: (parent: Entry, passage: Passage) => Promise<Reply>
  /** Makes a call of its own out of one of an entry's layers. */
  readonly detach: (from: Entry, detaching: Detaching) => DetachedCallView
  /** Whether a layer wants to know where the time of calls goes. */
  readonly timings: boolean
  readonly first: Stretch
  /** The stretch of no layers that stands for the adapter. */
  readonly leaf: Stretch
}

const having = (layers: readonly MiddlewareSpec[], hook: 'event' | 'firstToken' | 'note'): number[] =>
  layers.flatMap((layer, index) => (layer[hook] ? [index] : [])).reverse()

const stretchOf = (plan: Plan, layers: readonly MiddlewareSpec[], inner: Stretch | undefined): Stretch => ({
  layers,
  offset: Math.max(0, plan.layers.indexOf(layers[0] as MiddlewareSpec)),
  handler: layers.at(-1)?.handle ? layers.at(-1) : undefined,
  events: having(layers, 'event'),
  firstTokens: having(layers, 'firstToken'),
  notes: having(layers, 'note'),
  inner,
  plan,
})

/** Cuts a stack into stretches. */
export function planOf(parts: Omit<Plan, 'first' | 'leaf' | 'timings'>): Plan {
  const plan = { ...parts } as { -readonly [K in keyof Plan]: Plan[K] }
  plan.timings = parts.layers.some(({ traits }) => traits?.timings)
  const runs: MiddlewareSpec[][] = [[]]
  for (const layer of parts.layers) {
    runs.at(-1)?.push(layer)
    if (layer.handle) runs.push([])
  }
  if (runs.length > 1 && runs.at(-1)?.length === 0) runs.pop()
  plan.leaf = stretchOf(plan, [], undefined)
  const [first = [], ...rest] = runs
  plan.first = stretchOf(
    plan,
    first,
    rest.reduceRight<Stretch | undefined>((inner, layers) => stretchOf(plan, layers, inner), undefined),
  )
  return plan
}
