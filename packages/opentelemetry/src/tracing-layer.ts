import {
  type Adapter,
  type AnyMiddleware,
  type Call,
  type CallTrace,
  type DetachedEnd,
  detachedEndNote,
  type Ending,
  type GroupSpanHost,
  type GroupSpans,
  type Handler,
  layersWithin,
  logNote,
  type Note,
  type Reply,
  type SpannedParent,
  type StreamEvent,
  traceFact,
} from '@cepa/core'
import { namesOf, spanNameOf, startAttributes } from '@cepa/core/semantic-conventions'
import { context, ProxyTracerProvider, propagation, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import { CallTimes } from './call-times.ts'
import { describeStart, type FoundOut } from './describe-call.ts'
import { DetachedSpans } from './detached-spans.ts'
import { groupSpans } from './group-spans.ts'
import { type SpanParent, spanParentOf } from './span-parent.ts'
import { SpanWriter } from './span-writer.ts'
import { callTraceOf, contextWith, newCallId, TracedPass, type TracedPassParts, tracedFact } from './traced-pass.ts'
import type { TracingCallOptions, TracingSettings } from './tracing-options.ts'

/** A call as `tracing()` sees it. */
export type TracedCall = Call<
  FoundOut & { readonly trace: unknown; readonly traced: TracedPass | undefined },
  TracingCallOptions
>

/** The name of the instrumentation scope. */
export const SCOPE = '@cepa/opentelemetry'

const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** The pass that belongs to this view of the call; that of another pipeline's `tracing()` does not. */
const ownPass = (call: TracedCall): TracedPass | undefined =>
  call.facts.traced?.belongsTo(call) ? call.facts.traced : undefined

/** An id that the caller made may be anything, also a key by mistake; one that was made here is none. */
const requestIdOf = ({ facts, caller, id }: TracedCall, clean: (text: string) => string): string => {
  const requestId = facts.requestId ?? id
  return requestId === caller.requestId ? clean(requestId) : requestId
}

const isSpanned = (parent: unknown): parent is SpannedParent =>
  typeof (parent as Partial<SpannedParent> | null | undefined)?.spanBy === 'function'

const isHost = (layer: unknown): layer is GroupSpanHost =>
  typeof (layer as Partial<GroupSpanHost>).spanGroupsBy === 'function'

/** What `tracing()` does in the onion. */
export class TracingLayer {
  readonly #settings: TracingSettings
  readonly #writer: SpanWriter
  readonly #detachedSpans: DetachedSpans
  readonly #groupSpans: GroupSpans
  #tracer: Tracer | undefined
  /** Whether there is somebody who makes spans; once there is, it stays so. */
  #live: boolean
  /** Whether it was told that something around it has given the trace. */
  #toldOfOther = false

  constructor(settings: TracingSettings) {
    this.#settings = settings
    this.#tracer = settings.tracer
    this.#live = settings.tracer !== undefined
    const tracer = () => this.tracer
    this.#writer = new SpanWriter(settings, tracer)
    this.#detachedSpans = new DetachedSpans(this.#writer, tracer)
    const { wording, redaction } = this.#writer
    this.#groupSpans = groupSpans({ wording, redaction, tracer: () => (this.#isLive ? this.tracer : undefined) })
  }

  /** What begins groups further in has their spans made here. */
  assemble({ inside, adapter }: { readonly inside: readonly AnyMiddleware[]; readonly adapter: Adapter }): void {
    for (const layer of [...inside, ...layersWithin(adapter)]) if (isHost(layer)) layer.spanGroupsBy(this.#groupSpans)
  }

  /** The tracer of the global provider stands for one that is registered later. */
  get tracer(): Tracer {
    if (this.#tracer) return this.#tracer
    const { schemaUrl } = namesOf(this.#settings.semconv)
    const options = schemaUrl === undefined ? {} : { schemaUrl }
    this.#tracer = trace.getTracerProvider().getTracer(SCOPE, undefined, options)
    return this.#tracer
  }

  /**
   * Starts the span and gives its place. In a nested pipeline the outer `tracing()` has done so.
   *
   * @throws {OptionError} when the caller's `parent` is nothing that a call can be part of.
   */
  provide(call: TracedCall): void {
    if (call.facts.trace !== undefined) {
      this.#outranked(call)
      return
    }
    if (!this.#isLive) return
    if (isSpanned(call.caller.parent)) call.caller.parent.spanBy(this.#groupSpans)
    const parent = spanParentOf(call.caller)
    const ids = { id: newCallId(), requestId: requestIdOf(call, this.#writer.wording.id) }
    const parts = { call, ...ids, times: new CallTimes(call.clock) }
    try {
      const span = this.#startSpan(parts, parent)
      const place = callTraceOf(span, parent)
      const active = place && { span, context: contextWith(span, parent) }
      if (place) call.give(traceFact, { ...place, callId: ids.id, ofDetached: this.#ofDetached })
      call.give(tracedFact, new TracedPass({ ...parts, active }))
    } catch (thrown) {
      // an SDK that is broken must not fail the call
      call.give(tracedFact, new TracedPass({ ...parts, problem: errorOf(thrown) }))
    }
  }

  start(call: TracedCall): TracedPass | undefined {
    const pass = ownPass(call)
    if (pass?.problem) throw pass.problem
    if (pass?.active?.span.isRecording()) this.#addOwn(call, pass.active.span)
    return pass
  }

  handle(call: TracedCall, next: Handler, pass: TracedPass | undefined): Promise<Reply> {
    if (pass?.active === undefined) return next(call)
    return context.with(pass.active.context, () => next(this.#settings.propagate ? propagated(call) : call))
  }

  firstToken(call: TracedCall, event: StreamEvent, pass: TracedPass | undefined): void {
    if (call.mode === 'stream') pass?.firstContent(event.at)
  }

  note(call: TracedCall, note: Note): void {
    if (!detachedEndNote.is(note)) return
    const pass = ownPass(call)
    if (pass?.active) this.#detached(call, pass, note.value)
  }

  end(call: TracedCall, ending: Ending, pass: TracedPass | undefined): void {
    if (pass?.active === undefined) return
    const { active, times, attemptsBefore, firstContentAt, id, requestId } = pass
    const facts = { ...call.facts, requestId }
    this.#writer.end({
      ...active,
      times,
      finished: { call, ending, facts, attemptsBefore, firstContentAt, id },
      place: this.#placeOf(call),
    })
  }

  /** Without an SDK nothing is even described. */
  get #isLive(): boolean {
    if (this.#live) return true
    const provider = trace.getTracerProvider()
    this.#live = !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(SCOPE) !== undefined
    return this.#live
  }

  /** Where a detached call's span is, for records and log lines of it. */
  readonly #ofDetached = (end: DetachedEnd): CallTrace | undefined => {
    const { traced } = end.call.facts as { readonly traced?: TracedPass }
    try {
      return traced && this.#detachedSpans.of(end, traced).place
    } catch {
      // told as a fault when this layer comes to it itself
      return undefined
    }
  }

  #placeOf(call: TracedCall): TracingSettings['content'] {
    return call.options?.content ?? this.#settings.content
  }

  #startSpan(parts: TracedPassParts, parent: SpanParent): Span {
    const { wording, redaction } = this.#writer
    const described = redaction.fields(describeStart(parts.call, parts))
    const attributes = startAttributes(described, wording)
    const options = { kind: SpanKind.CLIENT, startTime: parts.times.start, attributes }
    return this.tracer.startSpan(spanNameOf(described, wording), options, parent.context)
  }

  /** What the application says of the call. */
  #addOwn(call: TracedCall, span: Span): void {
    const own = this.#settings.attributes?.(call)
    if (own) span.setAttributes(own)
    if (call.options?.attributes) span.setAttributes(call.options.attributes)
  }

  /** A call that outlived the one that made it: a trace of its own, linked to the span that it came from. */
  #detached(call: TracedCall, pass: TracedPass, end: DetachedEnd): void {
    const { call: inner, ending } = end
    const { id, span, context: within } = this.#detachedSpans.of(end, pass)
    const facts = { ...(inner.facts as FoundOut), requestId: pass.requestId }
    this.#writer.end({
      span,
      context: within,
      times: pass.times,
      finished: { call: inner, ending, facts, attemptsBefore: 0, id, parentId: pass.id },
      place: this.#placeOf(call),
    })
  }

  /** Another layer has given the trace: `tracing()` of an outer pipeline, which is as it should be, or `telemetry()`. */
  #outranked(call: TracedCall): void {
    if (call.facts.traced !== undefined || this.#toldOfOther || !call.hears()) return
    this.#toldOfOther = true
    const message = 'tracing makes no spans here: telemetry stands further out; put tracing outside of it'
    call.emit(logNote, { level: 'warn', message })
  }
}

/** The call with the headers of its trace, as the application's propagator writes them. */
function propagated(call: TracedCall): TracedCall {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return Object.keys(headers).length === 0 ? call : (call.with({ headers }) as TracedCall)
}
