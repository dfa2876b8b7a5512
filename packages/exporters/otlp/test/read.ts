import type { OtlpSignal } from '../src/signal.ts'
import type { AnyValue, Message, ReadAttributes } from './decode.ts'
import type { Received } from './receiver.ts'

/** A span as it was received. */
export interface ReadSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly name: string
  readonly kind: number
  readonly flags: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: ReadAttributes
  readonly status: { readonly code?: number; readonly message?: string }
}

/** A log record as it was received. */
export interface ReadLog {
  readonly eventName: string
  readonly severityNumber: number
  readonly severityText: string
  readonly timeUnixNano: string
  readonly traceId?: string
  readonly spanId?: string
  readonly attributes: ReadAttributes
}

/** A data point as it was received. */
export interface ReadPoint {
  readonly attributes: ReadAttributes
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
  readonly asInt?: string
  readonly asDouble?: number
  readonly count?: string
  readonly sum?: number
  readonly min?: number
  readonly max?: number
  readonly bucketCounts?: readonly string[]
  readonly explicitBounds?: readonly number[]
}

/** A metric as it was received. */
export interface ReadMetric {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly kind: 'sum' | 'histogram'
  readonly isMonotonic: boolean | undefined
  readonly aggregationTemporality: number
  readonly dataPoints: readonly ReadPoint[]
}

interface Scoped {
  readonly scope: { readonly name: string }
  readonly schemaUrl?: string
  readonly spans?: readonly ReadSpan[]
  readonly logRecords?: readonly ReadLog[]
  readonly metrics?: readonly Message[]
}

interface Resourced {
  readonly resource: { readonly attributes: ReadAttributes }
  readonly scopeSpans?: readonly Scoped[]
  readonly scopeLogs?: readonly Scoped[]
  readonly scopeMetrics?: readonly Scoped[]
}

const FIELDS = {
  traces: ['resourceSpans', 'scopeSpans'],
  logs: ['resourceLogs', 'scopeLogs'],
  metrics: ['resourceMetrics', 'scopeMetrics'],
} as const satisfies Record<OtlpSignal, readonly [string, keyof Resourced]>

/** What one request says of who tells it. */
export function resourcesOf({ signal, message }: Received): readonly Resourced[] {
  return message[FIELDS[signal][0]] as readonly Resourced[]
}

/** The scopes of a request. */
export const scopesOf = (received: Received): readonly Scoped[] =>
  resourcesOf(received).flatMap((resource) => resource[FIELDS[received.signal][1]] ?? [])

/** The spans of some requests. */
export const spansOf = (received: readonly Received[]): readonly ReadSpan[] =>
  received.flatMap(scopesOf).flatMap(({ spans = [] }) => spans)

/** The log records of some requests. */
export const logsOf = (received: readonly Received[]): readonly ReadLog[] =>
  received.flatMap(scopesOf).flatMap(({ logRecords = [] }) => logRecords)

/** The metrics of some requests. */
export const metricsOf = (received: readonly Received[]): readonly ReadMetric[] =>
  received
    .flatMap(scopesOf)
    .flatMap(({ metrics = [] }) => metrics)
    .map((metric) => {
      const kind = 'histogram' in metric ? 'histogram' : 'sum'
      const { name = '', unit = '', description = '' } = metric as Partial<ReadMetric>
      const data = metric[kind] as Pick<ReadMetric, 'isMonotonic' | 'aggregationTemporality' | 'dataPoints'>
      return { name, unit, description, kind, ...data }
    })

/** The value of an attribute without its type. */
export function plain(value: AnyValue | undefined): unknown {
  if (value === undefined) return undefined
  const [[type, inner] = ['', undefined]] = Object.entries(value)
  if (type === 'intValue') return Number(inner)
  if (type === 'arrayValue') return ((inner as { values?: AnyValue[] }).values ?? []).map(plain)
  if (type === 'kvlistValue') {
    const { values = [] } = inner as { values?: { key: string; value: AnyValue }[] }
    return Object.fromEntries(values.map((pair) => [pair.key, plain(pair.value)]))
  }
  return inner
}

/** All attributes without their types. */
export const plainAttributes = (attributes: ReadAttributes): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plain(value)]))
