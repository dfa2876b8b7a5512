import { type CallerOptions, parentTraceOf, type TraceContext } from '@cepa/core'
import {
  type Context,
  context,
  createTraceState,
  isSpanContextValid,
  propagation,
  type Span,
  type SpanContext,
  trace,
} from '@opentelemetry/api'

/** What a call's span is made in. */
export interface SpanParent {
  readonly context: Context
  readonly spanContext: SpanContext | undefined
  /** `baggage` as the caller brought it. */
  readonly baggage: string | undefined
}

const FLAG_RANDOM = 2

const isSpan = (parent: unknown): parent is Span =>
  typeof parent === 'object' && parent !== null && typeof (parent as Partial<Span>).spanContext === 'function'

/** A group, or an outer call: their spans are made in this process. */
const isOurs = (parent: unknown): boolean =>
  typeof parent === 'object' && parent !== null && ('trace' in parent || 'facts' in parent)

function spanContextOf(found: TraceContext, isRemote: boolean): SpanContext {
  const { traceId, spanId, sampled, random, traceState } = found
  return {
    traceId,
    spanId,
    traceFlags: (sampled ? 1 : 0) + (random ? FLAG_RANDOM : 0),
    isRemote,
    ...(traceState !== undefined && { traceState: createTraceState(traceState) }),
  }
}

function inside(active: Context, spanContext: SpanContext | undefined, baggage?: string): SpanParent {
  return { context: active, spanContext, baggage }
}

/**
 * What a call's span is made in: what its caller gave as `parent`, else the active span, else what a header `traceparent` of the call
 * says.
 *
 * @throws {OptionError} when `parent` is nothing that a call can be part of.
 */
export function spanParentOf(caller: CallerOptions): SpanParent {
  const active = context.active()
  const { parent } = caller
  if (isSpan(parent)) return inside(trace.setSpan(active, parent), parent.spanContext())
  const around = trace.getSpanContext(active)
  const current = around && isSpanContextValid(around) ? around : undefined
  if ((parent === undefined || parent === null) && (current || caller.headers === undefined))
    return inside(active, current)
  const found = parentTraceOf(caller)
  if (found === undefined) return inside(active, current)
  const spanContext = spanContextOf(found, !isOurs(parent))
  const { baggage } = found
  const carried = baggage === undefined ? active : propagation.extract(active, { baggage })
  return inside(trace.setSpanContext(carried, spanContext), spanContext, baggage)
}
