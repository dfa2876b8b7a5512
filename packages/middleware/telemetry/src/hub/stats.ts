import type { LossReason } from '@cepa/core'

/** What became of what one exporter was given. */
export interface ExporterStats {
  readonly name: string
  /** Items that wait, and about how many bytes they have. */
  readonly waiting: number
  readonly waitingBytes: number
  /** Items that reached their destination. */
  readonly delivered: number
  /** Batches that were given again. */
  readonly retries: number
  /** Items that did not reach it, by reason; zeros are left out. */
  readonly lost: Readonly<Partial<Record<LossReason, number>>>
  /** Message of the newest failure. */
  readonly lastError?: string
}

/** What became of what telemetry was told, since it was made. */
export interface TelemetryStats {
  /** Calls that have begun and not ended. */
  readonly inFlight: number
  /** Records that were made: one for each call that ended. */
  readonly records: number
  /** Records that went on to exporters. */
  readonly kept: number
  /** Records that the level or the filter held back. */
  readonly filtered: number
  /** Records that were sampled out by their trace id. */
  readonly sampledOut: number
  /** Records that were over the limit of records per second. */
  readonly overRate: number
  /** Items that could not be redacted, and were let go. */
  readonly withheld: number
  /** Notes that were let go because too many came at once, or waited for their records; also in the counters of exporters. */
  readonly overrun: number
  readonly exporters: readonly ExporterStats[]
}
