import type { Adapter } from './adapter.ts'
import type { MiddlewareSpec } from './middleware.ts'
import { stackWithin } from './nested.ts'
import type { Operation, Requests } from './request.ts'

/** What one layer changes in an answer; empty for one that changes nothing. */
const identityOfLayer = (layer: MiddlewareSpec): string => layer.identity ?? (layer.handle ? layer.name : '')

/** What decides an answer beside the request: the layers that control, and the adapter (rule K1). */
export function identityOf(layers: readonly MiddlewareSpec[], adapter: Adapter, request: Requests[Operation]): string {
  const own = layers.map(identityOfLayer).filter((identity) => identity !== '')
  return [...own, adapter.identity(request)].join(' > ')
}

/** What a call has inside of one of its layers. */
export interface Inside {
  /** The layers that this call enters, those that it leaves out left out. */
  readonly layers: readonly MiddlewareSpec[]
  readonly adapter: Adapter
  readonly request: Requests[Operation]
  /** The call's options of single layers. */
  readonly layerOptions: Readonly<Record<string, unknown>> | undefined
}

/**
 * The same for one call, which may leave out layers of nested pipelines too, and may tell a layer that rewrites how to: both change the
 * answer.
 */
export function identityInside({ layers, adapter, request, layerOptions }: Inside): string {
  const identity = identityOf(layers, adapter, request)
  if (layerOptions === undefined) return identity
  const nested = stackWithin(adapter)?.allLayers.map((layer) => layer['~spec']) ?? []
  const changes = [...layers, ...nested].flatMap((layer) => {
    const told = layerOptions[layer.name]
    if (told === false) return identityOfLayer(layer) === '' ? [] : [`without ${layer.name}`]
    return told !== undefined && layer.traits?.rewrites ? [`${layer.name} told ${JSON.stringify(told)}`] : []
  })
  return [identity, ...changes].join(' > ')
}
