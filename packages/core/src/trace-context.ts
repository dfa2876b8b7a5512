import type { CallerOptions } from './call.ts'
import type { DetachedEnd } from './core-notes.ts'
import { OptionError } from './errors.ts'
import { type FactKey, fact } from './fact.ts'

/** A place in a trace, as W3C Trace Context tells it. */
export interface TraceContext {
  /** 32 digits of lower-case hex, not all 0. */
  readonly traceId: string
  /** 16 digits of lower-case hex, not all 0. */
  readonly spanId: string
  /** Whether the trace is recorded, as far as its beginning decided that. */
  readonly sampled: boolean
  /** Whether the last 56 bits of the trace id are random, so that they may be sampled by (flag `random-trace-id`). */
  readonly random?: boolean
  /** The header `tracestate` as it came. */
  readonly traceState?: string
  /** The header `baggage` as it came. Goes on where headers are sent on; never recorded. */
  readonly baggage?: string
}

/** A call's own place in a trace: `spanId` is the call's. */
export interface CallTrace extends TraceContext {
  readonly parentSpanId?: string
  /** Somebody else makes the call's span (`tracing()`): who makes spans of records leaves this one out. */
  readonly hasSpan?: boolean
  /** The id that the call has on its span, and so in its record and its notes; absent: telemetry makes one. */
  readonly callId?: string
  /** The place of a call that was detached from this one, once that has ended: the same for all who ask. */
  readonly ofDetached?: (end: DetachedEnd) => CallTrace | undefined
}

/** What calls may be part of, by `parent`: a group, or anything else that has a place in a trace. */
export interface TraceParent {
  readonly trace: TraceContext
}

/** Where the call stands in a trace. Given by `tracing()`, else by `telemetry()`; in nested pipelines, by the outermost. */
export const traceFact: FactKey<CallTrace, 'trace', 'in', true> = fact('trace', 'in')

/** The call's place in its trace as a request header, where it is to reach the provider. */
export const traceparentFact: FactKey<string, 'traceparent', 'in', true> = fact('traceparent', 'in', {
  header: 'traceparent',
})

/** What goes with it of other tracing systems. */
export const tracestateFact: FactKey<string, 'tracestate', 'in', true> = fact('tracestate', 'in', {
  header: 'tracestate',
})

/** What the application lets travel with a trace. */
export const baggageFact: FactKey<string, 'baggage', 'in', true> = fact('baggage', 'in', { header: 'baggage' })

const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/

/**
 * Reads a `traceparent` header; `undefined` for one that is not valid.
 *
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header
 *
 * @example
 * parseTraceparent('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
 * // → { traceId: '0af7…', spanId: 'b7ad…', sampled: true, random: false }
 */
export function parseTraceparent(header: string): TraceContext | undefined {
  const [, version, traceId, spanId, flags = '', rest] = header.trim().match(TRACEPARENT) ?? []
  // a later version may have more fields; ours has none
  if (traceId === undefined || spanId === undefined || (version === '00' && rest !== undefined)) return undefined
  const bits = Number.parseInt(flags, 16)
  return { traceId, spanId, sampled: (bits & 1) === 1, random: (bits & 2) === 2 }
}

/**
 * The `traceparent` header of a place in a trace.
 *
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header
 *
 * @example
 * fetch(url, { headers: { traceparent: traceparentOf(call.facts.trace) } })
 */
export const traceparentOf = ({ traceId, spanId, sampled, random }: TraceContext): string =>
  `00-${traceId}-${spanId}-0${(sampled ? 1 : 0) + (random ? 2 : 0)}`

const isId = (value: unknown, digits: number): value is string =>
  typeof value === 'string' && value.length === digits && /^[\da-f]+$/.test(value) && !/^0+$/.test(value)

type Unknown = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The headers of a trace, whatever the spelling of their names. */
function fromHeaders(headers: Unknown): TraceContext | undefined {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') found[name.toLowerCase()] = value
  const context = found.traceparent === undefined ? undefined : parseTraceparent(found.traceparent)
  const { tracestate: traceState, baggage } = found
  return context && { ...context, ...(traceState && { traceState }), ...(baggage && { baggage }) }
}

/** A context as data, or as OpenTelemetry's `SpanContext`. */
function fromContext(value: Unknown): TraceContext | undefined {
  const { traceId, spanId, sampled, random, traceFlags, traceState, baggage } = value
  if (!isId(traceId, 32) || !isId(spanId, 16)) return undefined
  const flags = typeof traceFlags === 'number' ? traceFlags : (sampled === false ? 0 : 1) + (random === true ? 2 : 0)
  const { serialize } = isObject(traceState) ? traceState : {}
  const state = textIn(typeof serialize === 'function' ? serialize.call(traceState) : traceState)
  return {
    traceId,
    spanId,
    sampled: (flags & 1) === 1,
    random: (flags & 2) === 2,
    ...(state !== undefined && { traceState: state }),
    ...(textIn(baggage) !== undefined && { baggage: baggage as string }),
  }
}

/** What a `parent` may be, first match: something with `trace`, an outer call, an OpenTelemetry span, a context, headers. */
function fromParent(parent: Unknown): TraceContext | undefined {
  const { trace, facts, spanContext } = parent
  if (isObject(trace)) return fromContext(trace)
  if (isObject(facts)) return isObject(facts.trace) ? fromContext(facts.trace) : undefined
  if (typeof spanContext === 'function') return fromContext(spanContext.call(parent))
  return fromContext(parent) ?? fromHeaders(parent)
}

/**
 * The place in a trace that a call is made in: what its caller gave as `parent` (a group, a trace context, an outer call, an
 * OpenTelemetry span, an object with the header `traceparent`), else in the headers of the call itself. `undefined` where there is
 * none, or where a header is not valid.
 *
 * @throws {OptionError} when `parent` is none of these.
 *
 * @example
 * await chat(request, { parent: { traceparent: incoming.headers['traceparent'] } })
 */
export function parentTraceOf({ parent, headers }: CallerOptions): TraceContext | undefined {
  if (parent === undefined || parent === null) return headers && fromHeaders(headers)
  const known =
    isObject(parent) && ['trace', 'facts', 'spanContext', 'traceId', 'traceparent'].some((name) => name in parent)
  if (known) return fromParent(parent)
  throw new OptionError({
    owner: 'call',
    field: 'parent',
    value: `a ${typeof parent}`,
    remedy: 'it must be a group, a trace context ({ traceId, spanId } or { traceparent }), a span or an outer call',
  })
}
