import type { TelemetryItem } from '@cepa/core'
import { base64, bytesOf, platform } from './platform.ts'

/** A batch as it is sent: the same items make the same batch, with the same id. */
export interface Batch {
  readonly id: string
  readonly body: Uint8Array<ArrayBuffer>
}

/** What is sent of an item: it tells by its `schema` what it is. */
function recordOf(item: TelemetryItem): object {
  switch (item.type) {
    case 'call':
      return item.record
    case 'group':
      return item.group
    case 'note':
      return item.note
    case 'loss':
      return item.loss
  }
}

/** Wall clock of what an item tells, milliseconds since the Unix epoch. */
function timeOf(item: TelemetryItem): number {
  switch (item.type) {
    case 'call':
      return item.record.startedAtMs + item.record.durations.totalMs
    case 'group':
      return item.group.startedAtMs + item.group.durationMs
    case 'note':
      return item.note.atMs
    case 'loss':
      return item.loss.atMs
  }
}

/**
 * Items as the body of a webhook. Its id is a hash of it, so that a batch that is sent again has the id that it had.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure
 */
export async function batchOf(items: readonly TelemetryItem[]): Promise<Batch> {
  const newest = items.reduce((latest, item) => Math.max(latest, timeOf(item)), 0)
  const payload = {
    type: 'cepa.batch',
    timestamp: new Date(newest).toISOString(),
    data: { items: items.map(recordOf) },
  }
  const body = bytesOf(JSON.stringify(payload))
  const hash = base64(await platform.crypto.subtle.digest('SHA-256', body))
  // base64 for URLs: other characters are not for ids
  return { id: `msg_${hash.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`, body }
}
