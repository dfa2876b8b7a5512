import { type Call, type CallTrace, type FactKey, fact } from '@cepa/core'
import { type Context, isSpanContextValid, type Span, trace } from '@opentelemetry/api'
import type { CallTimes } from './call-times.ts'
import type { SpanParent } from './span-parent.ts'

/** A span with the context in which it is the active one. */
export interface ActiveSpan {
  readonly span: Span
  readonly context: Context
}

/** What a {@link TracedPass} is made of. */
export interface TracedPassParts {
  readonly call: Call
  /** The id that the call has on its span, and its record. */
  readonly id: string
  readonly requestId: string
  readonly times: CallTimes
  /** Absent where no SDK is registered. */
  readonly active?: ActiveSpan | undefined
  /** What a user's SDK threw. */
  readonly problem?: Error
}

/** What one pass through `tracing()` keeps. It is a fact too: all of it is private, so that nobody writes it out by accident. */
export class TracedPass {
  readonly #parts: TracedPassParts
  readonly #attemptsBefore: number
  #firstContentAt: number | undefined

  constructor(parts: TracedPassParts) {
    this.#parts = parts
    this.#attemptsBefore = parts.call.attempts.length
  }

  get id(): string {
    return this.#parts.id
  }

  get requestId(): string {
    return this.#parts.requestId
  }

  get active(): ActiveSpan | undefined {
    return this.#parts.active
  }

  get times(): CallTimes {
    return this.#parts.times
  }

  get problem(): Error | undefined {
    return this.#parts.problem
  }

  /** Attempts of the call that are none of this pass: those before it. */
  get attemptsBefore(): number {
    return this.#attemptsBefore
  }

  get firstContentAt(): number | undefined {
    return this.#firstContentAt
  }

  firstContent(at: number): void {
    this.#firstContentAt = at
  }

  /** Whether the pass belongs to a view of a call. In a nested pipeline the fact is there too, and is that of another. */
  belongsTo(call: Call): boolean {
    return this.#parts.call === call
  }
}

const { crypto } = globalThis as unknown as { crypto: { randomUUID(): string } }

/** An id for a call, which its record has too. Each pass has one of its own: an outer layer may make the call again. */
export const newCallId = (): string => crypto.randomUUID()

/** The pass of the `tracing()` that makes the call's span, for what stands further in. */
export const tracedFact: FactKey<TracedPass, 'traced', 'in', true> = fact('traced', 'in')

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
