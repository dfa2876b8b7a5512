import type { Adapter } from './adapter.ts'
import { CallView } from './call-view.ts'
import { ContractError, OptionError } from './errors.ts'
import { crossTo, markNested } from './leaf.ts'
import { leafOf, stackWithinAll, tellLeaf, tellStack } from './nested.ts'
import type { Operation, Requests } from './request.ts'

type Union<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer I) => void ? I : never
type TargetLayers<T> = Union<{ [K in keyof T]: T[K] extends { readonly '~layers'?: infer L } ? L : object }[keyof T]>

/** An adapter that passes each call on to one of several. */
export interface Route<TLayers = object> extends Adapter {
  readonly '~layers'?: TLayers
}

/**
 * Picks the stack by the model's name: in `openai/gpt-4.1` the part before the first `/` names the target and is taken off, so that
 * the target sees `gpt-4.1` (rule C4). Offers the operations that all targets offer.
 *
 * @throws {OptionError} when it has no target; per call, when the model names none, listing those there are.
 *
 * @example
 * const ask = pipeline(route({ openai: chat, anthropic: claude }), telemetry())
 * await ask.complete({ model: 'anthropic/claude-sonnet-4-5', messages })
 */
export function route<const T extends Readonly<Record<string, Adapter>>>(targets: T): Route<TargetLayers<T>> {
  const names = Object.keys(targets)
  const adapters = Object.values(targets)
  const [first] = adapters
  if (first === undefined) {
    throw new OptionError({
      owner: 'route',
      field: 'targets',
      value: 'empty',
      remedy: 'name at least one pipeline or adapter',
    })
  }
  const pick = (model: string): { readonly target: Adapter; readonly model: string } => {
    const slash = model.indexOf('/')
    const target =
      slash > 0 && Object.hasOwn(targets, model.slice(0, slash)) ? targets[model.slice(0, slash)] : undefined
    if (target) return { target, model: model.slice(slash + 1) }
    const remedy = `it must begin with the name of a target and a slash: ${names.map((name) => `${name}/…`).join(', ')}`
    throw new OptionError({ owner: 'route', field: 'request.model', value: JSON.stringify(model), remedy })
  }
  const inner = (request: Requests[Operation]): { readonly target: Adapter; readonly request: Requests[Operation] } => {
    const { target, model } = pick(request.model)
    return { target, request: { ...request, model } }
  }
  const made: Route<TargetLayers<T>> = {
    name: 'route',
    operations: first.operations.filter((operation) => adapters.every((each) => each.operations.includes(operation))),
    identity: (request) => {
      const { target, request: own } = inner(request)
      return `${request.model.split('/', 1)[0]}: ${target.identity(own)}`
    },
    data: { targets: names },
    handle: async (call) => {
      const behind = CallView.behind(call)
      if (behind) return cross(behind.entry, behind.passage)
      throw new ContractError('route', 'C5', 'handle() was given something that is not a call')
    },
    close: async () => {
      await Promise.all(adapters.map((each) => each.close?.()))
    },
  }
  const cross: Parameters<typeof markNested>[1] = (parent, passage) => {
    const { target, request } = inner(passage.request)
    return crossTo(target)(parent, { ...passage, request })
  }
  tellStack(made, stackWithinAll(adapters))
  tellLeaf(made, (request) => {
    const { target, request: own } = inner(request)
    return leafOf(target, own)
  })
  return markNested(made, cross)
}
