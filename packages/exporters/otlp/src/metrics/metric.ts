import type { Attributes } from '@cepa/core/semantic-conventions'
import { type HrTime, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type MetricDescriptor,
} from '@opentelemetry/sdk-metrics'
import { Series, type Totals } from './series.ts'

/** Whether each sending tells everything so far, or what came since the last. */
export type Temporality = 'cumulative' | 'delta'

/** What a metric is. */
export interface MetricSpec {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** Of a histogram; of a counter absent. */
  readonly bounds?: readonly number[]
  /** Whether its values are whole numbers. */
  readonly whole: boolean
}

/** Most series of one metric, that of all that were too many among them. As OpenTelemetry's SDKs have it. */
const MAX_SERIES = 2000

/** @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute */
const OVERFLOW: Attributes = { 'otel.metric.overflow': true }

/** From when to when data points are. */
export interface Span {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

/** Data of a metric, and how it is told that they have arrived. */
export interface CollectedMetric {
  readonly data: MetricData
  arrived(): void
}

/** One metric with all its series, in bounded memory. */
export class Metric {
  readonly #spec: MetricSpec
  readonly #series = new Map<string, Series>()

  constructor(spec: MetricSpec) {
    this.#spec = spec
  }

  add(value: number, attributes: Attributes, weight: number): void {
    this.#seriesOf(attributes).add(value, weight)
  }

  /** What there is to send; nothing where there is none. */
  collect(temporality: Temporality, span: Span): CollectedMetric | undefined {
    const points: { series: Series; all: Totals; told: Totals }[] = []
    for (const series of this.#series.values()) {
      const all = series.totals()
      const told = temporality === 'delta' ? series.unsent(all) : all
      if (told.count > 0) points.push({ series, all, told })
    }
    if (points.length === 0) return undefined
    return {
      data: this.#dataOf(points, temporality, span),
      arrived() {
        for (const { series, all } of points) series.sent(all)
      },
    }
  }

  #seriesOf(attributes: Attributes): Series {
    const key = JSON.stringify(attributes)
    const known = this.#series.get(key)
    if (known) return known
    const isFull = this.#series.size >= MAX_SERIES - 1
    if (isFull && attributes !== OVERFLOW) return this.#seriesOf(OVERFLOW)
    const made = new Series(attributes, this.#spec.bounds)
    this.#series.set(key, made)
    return made
  }

  #dataOf(
    points: readonly { readonly series: Series; readonly told: Totals }[],
    temporality: Temporality,
    span: Span,
  ): MetricData {
    const { bounds } = this.#spec
    const base = {
      descriptor: this.#descriptor(),
      aggregationTemporality:
        temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    }
    if (bounds === undefined) {
      const dataPoints = points.map(({ series, told }) => {
        return { ...span, attributes: series.attributes, value: this.#spec.whole ? Math.round(told.sum) : told.sum }
      })
      return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    }
    const dataPoints = points.map(({ series, told }) => {
      const { count, sum, buckets } = told
      // least and greatest are known since the beginning only
      const range = temporality === 'cumulative' ? { min: series.min, max: series.max } : {}
      const value = { count, sum, ...range, buckets: { boundaries: [...bounds], counts: [...buckets] } }
      return { ...span, attributes: series.attributes, value }
    })
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints }
  }

  #descriptor(): MetricDescriptor {
    const { name, description, unit, whole } = this.#spec
    return { name, description, unit, valueType: whole ? ValueType.INT : ValueType.DOUBLE }
  }
}
