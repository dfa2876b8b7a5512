import { type Call, type CallTrace, type FactKey, fact } from '@cepa/core'
import { type Context, isSpanContextValid, type Span, trace } from '@opentelemetry/api'
import type { CallTimes } from './call-times.ts'
import type { SpanParent } from './span-parent.ts'

/** What one pass through `tracing()` keeps. */
export interface TracedPass {
  /** The pass's own view of its call: in a nested pipeline the fact is there too, and belongs to another. */
  readonly owner: object
  readonly times: CallTimes
  /** Absent where no SDK is registered. */
  readonly span: Span | undefined
  /** The context in which the span is the active one. */
  readonly context: Context | undefined
  /** Attempts of the call that are none of this pass: those before it. */
  readonly attemptsBefore: number
  firstContentAt: number | undefined
  /** What a user's SDK threw. */
  readonly problem: Error | undefined
}

/** The pass of the `tracing()` that makes the call's span, for what stands further in. */
export const tracedFact: FactKey<TracedPass, 'traced', 'in', true> = fact('traced', 'in')

/** The pass that belongs to a view of a call; that of another pipeline's `tracing()` does not. */
export const ownPass = (call: Call, pass: TracedPass | undefined): TracedPass | undefined =>
  pass?.owner === call ? pass : undefined

/** The place of a span in its trace; `undefined` for one that is none of its own, because no SDK is there to make it. */
export function callTraceOf(span: Span, parent: SpanParent): CallTrace | undefined {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext()
  const around = parent.spanContext
  if (!isSpanContextValid(span.spanContext()) || spanId === around?.spanId) return undefined
  const state = traceState?.serialize()
  return {
    traceId,
    spanId,
    sampled: (traceFlags & 1) === 1,
    random: (traceFlags & 2) === 2,
    ...(state && { traceState: state }),
    ...(parent.baggage !== undefined && { baggage: parent.baggage }),
    ...(around?.traceId === traceId && { parentSpanId: around.spanId }),
    hasSpan: true,
  }
}

/** The context in which a span is the active one. */
export const contextWith = (span: Span, parent: SpanParent): Context => trace.setSpan(parent.context, span)
