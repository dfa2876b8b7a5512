import { type CallRecord, type Exporter, GROUP_SCHEMA, RECORD_SCHEMA, type TelemetryItem } from '@cepa/core'

/** 2026-01-01T00:00:00Z */
export const startedAtMs: number = Date.UTC(2026, 0, 1)

/** A call's item; `more` for what matters. */
export function callItem(id: string, more: Partial<CallRecord> = {}): TelemetryItem {
  const record: CallRecord = {
    schema: RECORD_SCHEMA,
    id,
    requestId: id,
    pipeline: 'chat',
    operation: 'chat',
    mode: 'complete',
    startedAtMs,
    provider: 'openai',
    model: 'gpt-4o',
    parameters: {},
    attributes: { tenant: 'Zwiebel' },
    ending: 'done',
    durations: { totalMs: 1500, providerMs: 1500, consumerMs: 0 },
    attempts: [],
    ...more,
  }
  return { type: 'call', record }
}

/** One item of each kind. */
export const oneOfEach: readonly TelemetryItem[] = [
  callItem('c-1'),
  { type: 'group', group: { schema: GROUP_SCHEMA, id: 'g-1', startedAtMs, durationMs: 2000 } as never },
  { type: 'note', note: { schema: 'cepa.note/1', name: 'retry', atMs: startedAtMs + 10 } as never },
  { type: 'loss', loss: { schema: 'cepa.loss/1', sinceMs: 0, atMs: startedAtMs, lost: { full: 3 } } },
]

/** Gives an exporter a batch, as the hub does. */
export const send = (
  exporter: Exporter,
  items: readonly TelemetryItem[] = [callItem('c-1')],
  signal = new AbortController().signal,
) => exporter.export(items, { signal, attempt: 1 })
