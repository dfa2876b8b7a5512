import type { Note } from './note.ts'
import type { CallRecord } from './record.ts'

/** A note as exporters receive it: named, dated, correlated and JSON-safe. */
export interface RecordedNote {
  readonly name: string
  readonly from: string
  readonly requestId: string
  readonly traceId?: string
  readonly spanId?: string
  readonly parentSpanId?: string
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly atMs: number
  readonly value: Note['value']
}

/** What an exporter is given. */
export type TelemetryItem =
  | { readonly type: 'call'; readonly record: CallRecord }
  | { readonly type: 'note'; readonly note: RecordedNote }
  | { readonly type: 'group'; readonly group: GroupRecord }

/** The record of a group: an agent run, a batch, a conversation. Sums over its calls and the groups within it. */
export interface GroupRecord {
  readonly schema: 'cepa.group/1'
  readonly id: string
  readonly name: string
  readonly parentId?: string
  readonly traceId?: string
  readonly spanId?: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly calls: number
  readonly endings: Readonly<Record<string, number>>
  readonly inputTokens: number
  readonly outputTokens: number
  /** Absent where a call's cost is unknown. */
  readonly costUsd?: number
  readonly attributes: Readonly<Record<string, string>>
}

/** How an export went; a value, never a throw. `retry` says that the same items may be given again. */
export type ExportResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: Error; readonly retry: boolean; readonly retryAfterMs?: number }

/** Where records and notes go. The hub calls it with one batch at a time, and never waits for it within a call. */
export interface Exporter {
  /** For errors, drop counters and configuration. */
  readonly name: string
  /** Kinds of items that it wants. Default: `call` and `group`. */
  readonly wants?: readonly TelemetryItem['type'][]
  export(items: readonly TelemetryItem[]): ExportResult | Promise<ExportResult>
  /** Brings everything that was taken to its destination. */
  flush?(): void | Promise<void>
  /** Flushes and releases. Called once. */
  close?(): void | Promise<void>
}
