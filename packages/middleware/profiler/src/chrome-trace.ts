import type { TimeSpan } from '@cepa/core'
import type { KeptCall } from './call-history.ts'

/** One event of a trace: a stretch of time (`X`), or the name of a process or thread (`M`). Times are in microseconds. */
export type TraceEvent =
  | {
      readonly ph: 'X'
      readonly name: string
      /** `call`, `layer`, `provider`, `consumer` or `events`. */
      readonly cat: string
      readonly ts: number
      readonly dur: number
      readonly pid: number
      readonly tid: number
      readonly args: Readonly<Record<string, string | number>>
    }
  | {
      readonly ph: 'M'
      readonly name: 'process_name' | 'thread_name' | 'thread_sort_index'
      readonly pid: number
      readonly tid: number
      readonly args: { readonly name: string } | { readonly sort_index: number }
    }

/** A trace in the JSON Object Format. */
export interface ChromeTrace {
  readonly displayTimeUnit: 'ms'
  readonly traceEvents: readonly TraceEvent[]
}

/** Whole nanoseconds, so that what lies within a call still does when it has been rounded. */
const nanoseconds = (ms: number): number => Math.round(ms * 1e6)

/** A place in the trace: pipelines are processes, calls are threads. */
interface Track {
  readonly pid: number
  readonly tid: number
}

const nameOf = ({ of, layer, hook }: TimeSpan): string => (of === 'layer' ? `${layer}.${hook}` : of)

/** A stretch of a call's track, cut to what lies within it. */
function spanEvent(span: TimeSpan, { pid, tid }: Track, [first, last]: readonly [number, number]): TraceEvent {
  const from = Math.min(last, first + nanoseconds(Math.max(0, span.startMs)))
  const to = Math.min(last, first + nanoseconds(span.startMs + span.ms))
  const args = { ...(span.layer !== undefined && { layer: span.layer }), ...(span.hook && { hook: span.hook }) }
  const dur = Math.max(0, to - from) / 1000
  return { ph: 'X', name: nameOf(span), cat: span.of, ts: from / 1000, dur, pid, tid, args }
}

function callEvents(call: KeptCall, track: Track, origin: number): readonly TraceEvent[] {
  const { id, requestId, provider, model, ending, events } = call
  const first = nanoseconds(call.startedAt - origin)
  const last = first + nanoseconds(call.wallMs)
  const args = { id, ...(requestId !== undefined && { requestId }), provider, model, ending, events }
  const title = `${provider}/${model} ${ending}`
  return [
    { ph: 'M', name: 'thread_name', ...track, args: { name: `call ${track.tid}: ${requestId ?? id}` } },
    { ph: 'M', name: 'thread_sort_index', ...track, args: { sort_index: track.tid } },
    { ph: 'X', name: title, cat: 'call', ts: first / 1000, dur: (last - first) / 1000, ...track, args },
    ...call.spans.map((span) => spanEvent(span, track, [first, last])),
  ]
}

/**
 * Calls as a trace that chrome://tracing and Perfetto show: each pipeline a process, each call a track of it, with the longer stretches of
 * its time below.
 *
 * @see https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUnn5OOQtYMH4h6I0nSsKchNAySU (Trace Event Format: "Complete Events", "Metadata
 * Events", "JSON Object Format")
 */
export function chromeTraceOf(calls: readonly KeptCall[]): ChromeTrace {
  const origin = calls.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY)
  const pipelines = [...new Set(calls.map(({ pipeline }) => pipeline))]
  const names = pipelines.map((name, index): TraceEvent => {
    return { ph: 'M', name: 'process_name', pid: index + 1, tid: 0, args: { name: `pipeline ${name}` } }
  })
  const tracks = calls.flatMap((call, index) =>
    callEvents(call, { pid: pipelines.indexOf(call.pipeline) + 1, tid: index + 1 }, origin),
  )
  return { displayTimeUnit: 'ms', traceEvents: [...names, ...tracks] }
}
