import type { CallTrace, DetachedEnd } from '@cepa/core'
import { newSpanId } from './ids.ts'

/**
 * Gives calls that were detached from others their places: a span of their own within that of the other one, the same for all who ask of
 * one ending.
 */
export function detachedPlaces(): (end: DetachedEnd) => CallTrace | undefined {
  const places = new WeakMap<DetachedEnd, CallTrace>()
  return (end) => {
    const known = places.get(end)
    // a detached call has the in-facts of the one that it was detached from
    const { trace } = end.call.facts as { readonly trace?: CallTrace }
    if (known || trace === undefined) return known
    const { callId: _, ofDetached: __, spanId: parentSpanId, ...rest } = trace
    const place = { ...rest, spanId: newSpanId(), parentSpanId }
    places.set(end, place)
    return place
  }
}
