import { type CallRecord, type Exporter, type ExportResult, RECORD_SCHEMA, type TelemetryItem } from '@cepa/core'

/** A call's item with an id and nothing remarkable; `more` for what matters. */
export function callItem(id: string, more: Partial<CallRecord> = {}): TelemetryItem {
  const record: CallRecord = {
    schema: RECORD_SCHEMA,
    id,
    requestId: id,
    pipeline: 'chat',
    operation: 'chat',
    mode: 'stream',
    startedAtMs: Date.UTC(2026, 0, 1),
    provider: 'openai',
    model: 'gpt-4o',
    parameters: { messages: 1 },
    attributes: {},
    ending: 'done',
    durations: { totalMs: 12, providerMs: 10, consumerMs: 2 },
    attempts: [],
    ...more,
  }
  return { type: 'call', record }
}

/** Items whose lines are about so many bytes long. */
export const callItems = (count: number, prefix: string, bytes = 400): TelemetryItem[] =>
  Array.from({ length: count }, (_, index) => callItem(`${prefix}${index}`, { attributes: { pad: padding(bytes) } }))

const padding = (bytes: number): string => 'ä'.repeat(Math.max(0, bytes - 330) / 2)

/** Gives an exporter a batch, as the hub does. */
export const send = async (
  exporter: Exporter,
  items: readonly TelemetryItem[],
  signal = new AbortController().signal,
): Promise<ExportResult> => exporter.export(items, { signal, attempt: 1 })
