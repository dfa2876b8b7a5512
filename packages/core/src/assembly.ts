import type { Adapter } from './adapter.ts'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import type { Fault } from './core-notes.ts'
import { detach } from './detaching.ts'
import { OptionError, StackError } from './errors.ts'
import type { AnyFactKey } from './fact.ts'
import { FrameShape } from './frame.ts'
import { kindOf } from './kind-of.ts'
import { crossTo } from './leaf.ts'
import type { AnyMiddleware } from './middleware.ts'
import { func, having, integer, list, type OptionRules, oneOf, type Rule, required, text } from './option-rules.ts'
import { type Checked, checkOptions } from './options.ts'
import { checkOrder, ORDER_RULES } from './order.ts'
import { type Plan, planOf } from './plan.ts'
import type { Layer } from './stack.ts'

/** Everything that a pipeline is made of. */
export interface AssemblyOptions {
  readonly adapter: Adapter
  /** Outermost first. */
  readonly layers?: readonly Layer[]
  /** Shown in errors and by `explain()`. Default: the adapter's name. */
  readonly name?: string
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Receives the faults that no layer hears. Default: one `console.error` for each middleware. */
  readonly report?: (fault: Fault) => void
  /** How long a reply waits for its reader before it ends `unread`, in milliseconds. Default 60,000. */
  readonly unreadAfterMs?: number
  /** Rules of order that this stack breaks on purpose. */
  readonly allow?: readonly string[]
}

/** What is no layer is refused with more words than a rule has. */
const LAYER: Rule<Layer> = { expects: 'a middleware', kind: 'function', accepts: (_value): _value is Layer => true }

const RULES = {
  adapter: required(having<Adapter>('handle', 'identity')),
  layers: list(LAYER),
  name: text(),
  clock: having<Clock>('now', 'epochMs', 'setTimer'),
  report: func<(fault: Fault) => void>(),
  unreadAfterMs: integer({ min: 1, default: 60_000 }),
  allow: list<string>(oneOf(ORDER_RULES)),
} satisfies OptionRules<AssemblyOptions>

/** A stack, checked and ready to be entered. */
export interface Assembly {
  readonly name: string
  readonly adapter: Adapter
  readonly layers: readonly AnyMiddleware[]
  readonly clock: Clock
  readonly report: (fault: Fault) => void
  readonly unreadAfterMs: number
  /** Out-facts and in-facts that the stack and what is nested in it know. */
  readonly facts: readonly AnyFactKey[]
  /** The layers, and those of what is nested in the stack. */
  readonly allLayers: readonly AnyMiddleware[]
  /** The plan without some of the layers. */
  planWithout(names: readonly string[]): Plan
}

/** What an assembled pipeline tells the pipeline around it. */
export interface NestedStack {
  readonly facts: readonly AnyFactKey[]
  /** The layers of the stack, and those of what is nested in it. */
  readonly allLayers: readonly AnyMiddleware[]
}

const isMiddleware = (layer: Layer): layer is AnyMiddleware =>
  typeof layer === 'object' && layer !== null && typeof layer['~spec'] === 'object'

function layersOf(given: readonly Layer[]): readonly AnyMiddleware[] {
  return given.flatMap((layer, index) => {
    if (layer === false || layer === null || layer === undefined) return []
    if (isMiddleware(layer)) return [layer]
    const what = typeof layer === 'function' ? 'a function; call the factory: name()' : kindOf(layer)
    throw new StackError(`layer ${index + 1} is no middleware but ${what}`)
  })
}

/** Faults that no layer hears: said once for each middleware of the pipeline. */
function reportOnce(name: string): (fault: Fault) => void {
  const said = new Set<string>()
  const { console } = globalThis as unknown as { console: { error(...parts: unknown[]): void } }
  return ({ middleware, hook, error }) => {
    if (said.has(middleware)) return
    said.add(middleware)
    console.error(
      `[${name}] middleware ${middleware}: hook ${hook} is broken (further faults of it are not shown):`,
      error,
    )
  }
}

function checkAdapter(adapter: Adapter): void {
  if (typeof adapter.name !== 'string' || adapter.name === '') {
    throw new OptionError({
      owner: 'pipeline',
      field: 'adapter.name',
      value: 'absent',
      remedy: 'it must name the provider',
    })
  }
  if (Array.isArray(adapter.operations) && adapter.operations.length > 0) return
  throw new OptionError({
    owner: 'pipeline',
    field: 'adapter.operations',
    value: 'empty or absent',
    remedy: `the adapter ${adapter.name} must say what it offers: ['chat'], ['embed'] or both`,
  })
}

function tellAssembled(layer: AnyMiddleware, stack: { inside: readonly AnyMiddleware[]; adapter: Adapter }): void {
  const result: unknown = layer['~spec'].assemble?.(stack)
  if (!(result instanceof Promise)) return
  result.catch(() => undefined)
  throw new StackError(`${layer.name}: its hook assemble returned a promise; stacks are put together at once`)
}

/**
 * Puts a stack together and checks it.
 *
 * @param nested what a nested pipeline or route, if the adapter is one, tells of itself.
 * @throws {OptionError} for options that cannot be right.
 * @throws {StackError} for a stack that cannot work (rules P5, P8).
 */
export function assemble(given: AssemblyOptions, nested: NestedStack | undefined): Assembly {
  const options: Checked<AssemblyOptions, typeof RULES> = checkOptions<AssemblyOptions, typeof RULES>(
    'pipeline',
    RULES,
    given,
  )
  const { adapter, name = adapter.name } = options
  checkAdapter(adapter)
  const layers = layersOf(options.layers ?? [])
  checkOrder(layers, options.allow ?? [])
  for (const [index, layer] of layers.entries()) tellAssembled(layer, { inside: layers.slice(index + 1), adapter })
  const facts = [...layers.flatMap((layer) => [...layer.gives, ...layer.reads]), ...(nested?.facts ?? [])]
  const shape = new FrameShape(facts)
  const cross = crossTo(adapter)
  const plans = new Map<string, Plan>()
  return {
    name,
    adapter,
    layers,
    clock: options.clock ?? systemClock,
    report: options.report ?? reportOnce(name),
    unreadAfterMs: options.unreadAfterMs,
    facts,
    allLayers: [...layers, ...(nested?.allLayers ?? [])],
    planWithout(names) {
      const key = names.toSorted().join(' ')
      const known = plans.get(key)
      if (known) return known
      const specs = layers.filter((layer) => !names.includes(layer.name)).map((layer) => layer['~spec'])
      const plan = planOf({ name, layers: specs, adapter, shape, cross, detach })
      plans.set(key, plan)
      return plan
    },
  }
}
