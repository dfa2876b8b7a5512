import type { CallTrace, DetachedEnd } from '@cepa/core'
import { spanNameOf, startAttributes } from '@cepa/core/semantic-conventions'
import { context, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import { describeStart } from './describe-call.ts'
import type { SpanWriter } from './span-writer.ts'
import { type ActiveSpan, callTraceOf, newCallId, type TracedPass } from './traced-pass.ts'

/** The span of a call that was detached from another one. */
export interface DetachedSpan extends ActiveSpan {
  /** The id that the call has on it. */
  readonly id: string
  readonly place: CallTrace | undefined
}

/**
 * The spans of detached calls: roots of their own, linked to the span that they came from, made when they have ended, for the first who
 * asks. A record may be made of such a call before `tracing()` itself hears of its end.
 */
export class DetachedSpans {
  readonly #made = new WeakMap<DetachedEnd, DetachedSpan>()
  readonly #writer: SpanWriter
  readonly #tracer: () => Tracer

  constructor(writer: SpanWriter, tracer: () => Tracer) {
    this.#writer = writer
    this.#tracer = tracer
  }

  /** @throws what the SDK throws. */
  of(end: DetachedEnd, from: TracedPass): DetachedSpan {
    const made = this.#made.get(end) ?? this.#make(end, from)
    this.#made.set(end, made)
    return made
  }

  #make(end: DetachedEnd, from: TracedPass): DetachedSpan {
    const id = newCallId()
    const span = this.#start(end, from, id)
    const place = callTraceOf(span, { context: ROOT_CONTEXT, spanContext: undefined, baggage: undefined })
    return { id, span, context: trace.setSpan(context.active(), span), place: place && { ...place, callId: id } }
  }

  #start({ call, ending }: DetachedEnd, from: TracedPass, id: string): Span {
    const { wording, redaction } = this.#writer
    const described = redaction.fields(describeStart(call, { id, requestId: from.requestId, parentId: from.id }))
    return this.#tracer().startSpan(spanNameOf(described, wording), {
      kind: SpanKind.CLIENT,
      root: true,
      startTime: from.times.at(ending.at - ending.providerMs - ending.consumerMs),
      links: from.active ? [{ context: from.active.span.spanContext() }] : [],
      attributes: startAttributes(described, wording),
    })
  }
}
