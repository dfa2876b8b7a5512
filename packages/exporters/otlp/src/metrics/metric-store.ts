import type { Attributes } from '@cepa/core/semantic-conventions'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { hrTimeOf } from '../hr-time.ts'
import { Metric, type MetricSpec, type Temporality } from './metric.ts'

/** How an instrument is asked for, as OpenTelemetry's meters take it. */
export interface InstrumentOptions {
  readonly description?: string | undefined
  readonly unit?: string | undefined
  readonly advice?: { readonly explicitBucketBoundaries?: readonly number[] | undefined } | undefined
}

/** Data of all metrics, and how it is told that they have arrived. */
export interface Collected {
  readonly metrics: MetricData[]
  arrived(): void
}

/**
 * All metrics, as a meter makes them. Aggregated here and not in OpenTelemetry's SDK for two reasons: a value may stand for several, of
 * calls that were sampled; and differences that did not arrive are in the next sending instead of being lost.
 */
export class MetricStore {
  readonly #temporality: Temporality
  readonly #metrics: Metric[] = []
  #sinceMs: number
  /** How many values each value that is added now stands for. */
  weight = 1

  /** @param nowMs wall clock, milliseconds since the Unix epoch. */
  constructor(temporality: Temporality, nowMs: number) {
    this.#temporality = temporality
    this.#sinceMs = nowMs
  }

  createHistogram(
    name: string,
    options: InstrumentOptions = {},
  ): { record(value: number, attributes: Attributes): void } {
    const { advice } = options
    const metric = this.#metric(name, options, { whole: false, bounds: advice?.explicitBucketBoundaries ?? [] })
    return { record: (value, attributes) => metric.add(value, attributes, this.weight) }
  }

  createCounter(name: string, options: InstrumentOptions = {}): { add(value: number, attributes: Attributes): void } {
    const metric = this.#metric(name, options, { whole: options.unit !== '{USD}' })
    return { add: (value, attributes) => metric.add(value, attributes, this.weight) }
  }

  /** What there is to send. */
  collect(nowMs: number): Collected {
    const span = { startTime: hrTimeOf(this.#sinceMs), endTime: hrTimeOf(nowMs) }
    const collected = this.#metrics.flatMap((metric) => metric.collect(this.#temporality, span) ?? [])
    return {
      metrics: collected.map(({ data }) => data),
      arrived: () => {
        for (const metric of collected) metric.arrived()
        if (this.#temporality === 'delta') this.#sinceMs = nowMs
      },
    }
  }

  #metric(name: string, options: InstrumentOptions, form: Pick<MetricSpec, 'whole' | 'bounds'>): Metric {
    const { description = '', unit = '' } = options
    const metric = new Metric({ name, description, unit, ...form })
    this.#metrics.push(metric)
    return metric
  }
}
