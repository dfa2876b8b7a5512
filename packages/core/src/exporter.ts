import type { GroupRecord } from './group-record.ts'
import type { CallRecord } from './record.ts'
import type { AbortSignal } from './signal.ts'

/** Version of the shape of a note. */
export const NOTE_SCHEMA = 'cepa.note/1'

/** A note as exporters receive it: named, dated, correlated, JSON-safe, without content. */
export interface RecordedNote {
  readonly schema: typeof NOTE_SCHEMA
  /** `call-start`, `first-token`, `attempt-start`, `attempt-end`, `cache-lookup`, `retry`, `log`, `fault`, or a layer's own. */
  readonly name: string
  /** The layer that told it; `adapter:<name>` for an adapter, `core` for the core. */
  readonly from: string
  /** The `id` that the call's record will have, and its `requestId`. */
  readonly callId: string
  readonly requestId: string
  readonly pipeline: string
  readonly traceId?: string
  readonly spanId?: string
  readonly parentSpanId?: string
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly atMs: number
  /** Milliseconds since the call's start. */
  readonly sinceStartMs: number
  /** What was told, as plain data; its errors are `RecordedError`s, its attempts `RecordedAttempt`s. At most 4 KB. */
  readonly value: unknown
}

/** Version of the shape of a loss. */
export const LOSS_SCHEMA = 'cepa.loss/1'

/** Why something did not reach an exporter's destination. */
export type LossReason =
  /** The queue was full. */
  | 'full'
  /** Every try failed, or the exporter said that another would be in vain. */
  | 'failed'
  /** The destination refused single items. */
  | 'rejected'
  /** It came, or was still waiting, when telemetry was closed. */
  | 'closed'
  /** It could not be made fit to leave: the redaction of it failed. */
  | 'withheld'

/** Told to an exporter that wants it when it works again: what it has missed. */
export interface LossRecord {
  readonly schema: typeof LOSS_SCHEMA
  /** Wall clock of the first and the last of it, milliseconds since the Unix epoch. */
  readonly sinceMs: number
  readonly atMs: number
  /** Number of items by reason, since the last such record. */
  readonly lost: Readonly<Partial<Record<LossReason, number>>>
}

/** What an exporter is given. Deeply frozen: all exporters are given the same. */
export type TelemetryItem =
  | { readonly type: 'call'; readonly record: CallRecord }
  | { readonly type: 'group'; readonly group: GroupRecord }
  | { readonly type: 'note'; readonly note: RecordedNote }
  | { readonly type: 'loss'; readonly loss: LossRecord }

/** How an export went; a value, never a throw. */
export type ExportResult =
  /** `rejected`: number of items that the destination refused for good while it took the others. */
  | { readonly ok: true; readonly rejected?: number }
  /** `retry`: the same items may be given again, not before `retryAfterMs` milliseconds. */
  | { readonly ok: false; readonly error: Error; readonly retry: boolean; readonly retryAfterMs?: number }

/** How an exporter likes to be given items; whoever uses it may say otherwise. */
export interface ExporterLimits {
  /** Most items of one batch. Default: 512. */
  readonly maxBatchItems?: number
  /** About the most bytes of one batch, as JSON. Default: 1 MiB. */
  readonly maxBatchBytes?: number
  /** How long items wait for others, in milliseconds. Default: 1,000; 0 for what shows them to people. */
  readonly delayMs?: number
  /** How long one export may take, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  /** Most tries again of one batch. Default: 5. */
  readonly retries?: number
  /** Most items that wait. Default: 4,096. */
  readonly maxQueueItems?: number
  /** About the most bytes that wait, as JSON. Default: 16 MiB. */
  readonly maxQueueBytes?: number
}

/** What goes with a batch. */
export interface ExportContext {
  /** Fires when the time for this export is up; the hub goes on as if it had failed. */
  readonly signal: AbortSignal
  /** Which try of this batch it is, from 1. */
  readonly attempt: number
}

/**
 * Where records and notes go. The hub gives it one batch at a time, outside of any call, and the same batch again when it failed and
 * said `retry`: an item's `id` tells repetitions.
 */
export interface Exporter {
  /** For errors, drop counters and configuration. */
  readonly name: string
  /** Kinds of items that it wants. Default: `call` and `group`. */
  readonly wants?: readonly TelemetryItem['type'][]
  readonly limits?: ExporterLimits
  export(items: readonly TelemetryItem[], context: ExportContext): ExportResult | Promise<ExportResult>
  /**
   * Told every record before level, filter and sample, without content, also those that it is not given to export: what an exporter makes
   * metrics of. Outside of the call; what it throws is reported.
   */
  record?(record: CallRecord): void
  /** Brings everything that was taken to its destination. */
  flush?(): void | Promise<void>
  /** Flushes and releases. Called once; nothing is exported after it. */
  close?(): void | Promise<void>
}
