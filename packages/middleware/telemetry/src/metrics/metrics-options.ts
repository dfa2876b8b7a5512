import {
  flag,
  integer,
  list,
  type MetricDimension,
  type MetricsQuery,
  OptionError,
  type OptionRules,
  oneOf,
  text,
} from '@cepa/core'
import { PLAIN_DIMENSIONS, type PlainDimension } from './dimensions.ts'
import type { SeriesLimits } from './series-table.ts'

/** What the metrics of a telemetry tell apart, and how much of it they keep. */
export interface MetricsOptions {
  /** Whether there are any: metrics, and how providers do. Without them a call that nobody else is told of costs nothing. Default: `true`. */
  readonly enabled?: boolean
  /** What calls are told apart by. Default: `operation`, `provider`, `model`, `ending`. */
  readonly dimensions?: readonly PlainDimension[]
  /** Labels of the caller that calls are told apart by too: those with few values (`tenant`, `feature`), no ids. Default: none. */
  readonly attributes?: readonly string[]
  /** Most values of one dimension; what comes after them is `other`. Default: 100. */
  readonly maxValues?: number
  /** Most combinations of values; beyond them the caller's labels are `other`, beyond twice as many the rest is too. Default: 500. */
  readonly maxSeries?: number
}

/** The rules of the options. */
export const METRICS_RULES: OptionRules<MetricsOptions> = {
  enabled: flag(),
  dimensions: list(oneOf<PlainDimension>(PLAIN_DIMENSIONS)),
  attributes: list(text()),
  maxValues: integer({ min: 10, max: 10_000 }),
  maxSeries: integer({ min: 10, max: 100_000 }),
}

const DEFAULT_DIMENSIONS: readonly PlainDimension[] = ['operation', 'provider', 'model', 'ending']

/** How much is kept where options do not say. */
export const DEFAULT_LIMITS: SeriesLimits = { maxValues: 100, maxSeries: 500 }

/** The dimensions that options ask to keep. */
export function dimensionsOf({
  dimensions = DEFAULT_DIMENSIONS,
  attributes = [],
}: MetricsOptions): readonly MetricDimension[] {
  return [...new Set<MetricDimension>([...dimensions, ...attributes.map((name) => `attributes.${name}` as const)])]
}

/**
 * The dimensions that a query asks for, once each.
 *
 * @throws {OptionError} for one that is not kept.
 */
export function checkedBy(
  query: MetricsQuery | undefined,
  kept: readonly MetricDimension[],
): readonly MetricDimension[] {
  const by = query?.by ?? []
  const unknown = Array.isArray(by) ? by.find((each) => !kept.includes(each)) : by
  if (unknown === undefined) return [...new Set(by)]
  const how = 'others are kept with telemetry({ metrics: { dimensions, attributes } })'
  throw new OptionError({
    owner: 'telemetry.metrics',
    field: 'by',
    value: JSON.stringify(unknown) ?? typeof unknown,
    remedy: `it must be a list of dimensions that are kept: ${kept.join(', ') || 'none'}; ${how}`,
  })
}
