import type { MetricDimension, MetricsSnapshot, ProviderStatus, TelemetryHealth } from '@cepa/core'

/** What a scrape looks at: everything at one moment. */
export interface View {
  readonly snapshot: MetricsSnapshot
  readonly providers: readonly ProviderStatus[]
  readonly health: TelemetryHealth | undefined
}

/** Labels of a sample by name; those that are `undefined` are left out. */
export type Labels = Readonly<Record<string, string | undefined>>

/** One line of a family. */
export interface Sample {
  /** What stands behind the family's name: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string
  /** Labels of its row; samples of one row share them. */
  readonly labels: Labels
  /** Name and value of one more. */
  readonly own?: readonly [name: string, value: string]
  readonly value: number
}

/** A metric with all its samples. */
export interface MetricFamily {
  /** Without the prefix. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** What it counts, in one sentence. */
  readonly help: string
  /** Which of the dimensions its samples have: all that the source keeps, or these. */
  readonly dimensions: 'all' | readonly MetricDimension[]
  /** Labels of its own. */
  readonly labels: readonly string[]
  samples(view: View): readonly Sample[]
}
