import type { LossReason } from './exporter.ts'
import type { MetricsSnapshot } from './metrics-snapshot.ts'

/** What calls may be told apart by; which of them a source keeps is an option of it. `attributes.tenant` is a label of the caller. */
export type MetricDimension =
  | 'pipeline'
  | 'operation'
  | 'mode'
  | 'provider'
  | 'model'
  | 'responseModel'
  | 'ending'
  | `attributes.${string}`

/** What of the metrics is wanted. */
export interface MetricsQuery {
  /** Dimensions to tell calls apart by, of those that the source keeps. Default: none, which gives totals. */
  readonly by?: readonly MetricDimension[]
  /** Whether spreads have their exact buckets too. Default: `false`. */
  readonly buckets?: boolean
}

/**
 * How a provider does, as its answers to real calls tell. `down`: next to nothing comes back. `degraded`: a notable share fails or is
 * refused. `up`: neither.
 */
export type ProviderState = 'up' | 'degraded' | 'down'

/** How a provider does, and what that was seen by. */
export interface ProviderStatus {
  readonly provider: string
  readonly state: ProviderState
  /** Wall clock since when, milliseconds since the Unix epoch. */
  readonly sinceMs: number
  /** Attempts in the window that tell something of the provider. */
  readonly attempts: number
  /** Of these: it did not answer, or answered that it could not. */
  readonly failed: number
  /** Of these: it refused because of its limits. */
  readonly limited: number
  /** Wall clock of the newest of them, milliseconds since the Unix epoch. */
  readonly lastSeenMs: number
}

/** What became of what one exporter was given. */
export interface DeliveryStats {
  readonly name: string
  /** Items that wait. */
  readonly waiting: number
  /** Items that reached their destination. */
  readonly delivered: number
  /** Items that did not, by reason. */
  readonly lost: Readonly<Partial<Record<LossReason, number>>>
}

/** What became of what telemetry was told. */
export interface TelemetryHealth {
  /** Records that were made: one for each call that ended. */
  readonly records: number
  /** Records that went on to exporters. */
  readonly kept: number
  /** Records that level or filter held back, that were sampled out, that were over the limit of records per second. */
  readonly filtered: number
  readonly sampledOut: number
  readonly overRate: number
  /** Items that could not be redacted. */
  readonly withheld: number
  /** Notes that were let go because too many came at once. Records never are: the metrics have every call. */
  readonly overrun: number
  readonly exporters: readonly DeliveryStats[]
}

/**
 * Where metrics come from: `telemetry()` is one. What exposes metrics (Prometheus, OTLP) takes it.
 *
 * @example
 * const { total } = source.metrics()
 * console.log(total.calls, total.durationMs?.p95)
 */
export interface MetricsSource {
  /**
   * What was counted since the source was made.
   *
   * @throws {OptionError} for a dimension that the source does not keep.
   */
  metrics(query?: MetricsQuery): MetricsSnapshot
  /** The dimensions that the source keeps. */
  readonly metricDimensions: readonly MetricDimension[]
  /** How each provider does that was asked. */
  providers?(): readonly ProviderStatus[]
  /** What telemetry itself lost. */
  stats?(): TelemetryHealth
}
