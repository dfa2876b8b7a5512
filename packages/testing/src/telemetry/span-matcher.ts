import { type Expected, type MatcherResult, mismatch, shown } from './expected.ts'

/** A span of OpenTelemetry that can be looked at (`ReadableSpan`), as far as it is looked at; of every version of its SDK. */
export interface SpanLike {
  readonly name: string
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly status: { readonly code: number; readonly message?: string }
  readonly duration: readonly [number, number]
  readonly events: readonly { readonly name: string; readonly attributes?: Readonly<Record<string, unknown>> }[]
  readonly links: readonly { readonly context: SpanPlace }[]
  readonly parentSpanContext?: SpanPlace | undefined
  /** Of the SDK's first version. */
  readonly parentSpanId?: string | undefined
  spanContext(): SpanPlace
}

/** Where a span stands. */
export interface SpanPlace {
  readonly traceId: string
  readonly spanId: string
}

/** What {@link toHaveSpan} compares. */
export interface SpanView {
  readonly name: string
  /** As `SpanKind` has it: 0 internal, 2 client. */
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  /** As `SpanStatusCode` has it: 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string }
  readonly traceId: string
  readonly spanId: string
  /** Absent for a root. */
  readonly parentSpanId: string | undefined
  readonly durationMs: number
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[]
  /** The spans that it is linked to. */
  readonly links: readonly SpanPlace[]
}

/** Where the matcher looks: spans, or an exporter that has them, such as OpenTelemetry's `InMemorySpanExporter`. */
export type FinishedSpans = readonly SpanLike[] | { getFinishedSpans(): readonly SpanLike[] }

function viewOf(span: SpanLike): SpanView {
  const { traceId, spanId } = span.spanContext()
  const [seconds, nanos] = span.duration
  return {
    name: span.name,
    kind: span.kind,
    attributes: span.attributes,
    status: span.status,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? span.parentSpanId,
    durationMs: seconds * 1000 + nanos / 1e6,
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes })),
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
  }
}

/** Of several that are not as expected, the one to tell of: that of the expected name, else the last. */
const nearestOf = (views: readonly SpanView[], { name }: { readonly name?: unknown }): SpanView | undefined =>
  views.findLast((view) => view.name === name) ?? views.at(-1)

/**
 * A finished span like the expected one is there.
 *
 * @example
 * expect(exporter).toHaveSpan({ name: 'chat gpt-4o', kind: SpanKind.CLIENT, parentSpanId: undefined })
 */
export function toHaveSpan(spans: FinishedSpans, expected: Expected<SpanView>): MatcherResult {
  const views = ('getFinishedSpans' in spans ? spans.getFinishedSpans() : spans).map(viewOf)
  const pass = views.some((view) => mismatch(expected, view) === undefined)
  return {
    pass,
    message() {
      if (pass) return `there is a span like ${shown(expected)}`
      const nearest = nearestOf(views, expected as { readonly name?: unknown })
      const why = nearest && `, in ${nearest.name} ${mismatch(expected, nearest)}`
      return `there is no span like ${shown(expected)}; there are ${views.length}${why ?? ''}`
    },
  }
}
