import type { CallRecord } from '@cepa/core'
import { mayLackTail } from '../stage/provider.ts'
import { type Counted, count, type Figure } from './figure.ts'
import { TIME_ROUNDING_MS } from './findings.ts'

/** Bytes of attempts: as the server counted them, and where it can only bound them as the client did, within the bounds. */
function bytesOf({ account, record }: Counted, own: 'bytesReceived' | 'wireBytesReceived'): number {
  const theirs = own === 'bytesReceived' ? 'bytesDecoded' : 'bytesWritten'
  return account.attempts.reduce((sum, { turn, heard }, index) => {
    const exact = turn.whole && heard !== undefined && (own === 'bytesReceived' || !mayLackTail(heard))
    const seen = exact ? heard.entry[theirs] : record.attempts[index]?.[own]
    return sum + (seen ?? 0)
  }, 0)
}

/** Bytes. */
export const BYTES: readonly Figure[] = [
  count(
    'bytesSent',
    ({ account }) => account.attempts.reduce((sum, { heard }) => sum + (heard?.entry.bytesReceived ?? 0), 0),
    { row: (row) => row.bytesSent, samples: ['sent_bytes_total'] },
  ),
  count('bytesReceived', (counted) => bytesOf(counted, 'bytesReceived'), {
    row: (row) => row.bytesReceived,
    samples: ['received_bytes_total'],
  }),
  count('wireBytesReceived', (counted) => bytesOf(counted, 'wireBytesReceived'), {
    row: (row) => row.wireBytesReceived,
    samples: ['wire_received_bytes_total'],
  }),
]

/** Times of the record, which lie within those of caller and server. */
const milliseconds = (
  name: string,
  of: (record: CallRecord) => number | undefined,
  { row, samples }: Pick<Figure, 'row' | 'samples'>,
): Figure => ({ name, of: ({ record }) => of(record), row, samples, divisor: 1000, rounding: TIME_ROUNDING_MS })

/** Milliseconds. */
export const TIMES: readonly Figure[] = [
  milliseconds('durationMs', ({ durations }) => durations.totalMs, {
    row: (row) => row.durationMs?.sum,
    samples: ['call_duration_seconds_sum'],
  }),
  milliseconds('providerMs', ({ durations }) => durations.providerMs, {
    row: (row) => row.providerMs?.sum,
    samples: ['provider_wait_seconds_sum'],
  }),
  milliseconds('consumerMs', ({ durations }) => durations.consumerMs, {
    row: (row) => row.consumerMs,
    samples: ['reader_seconds_total'],
  }),
  milliseconds('headersMs', ({ durations }) => durations.headersMs, {
    row: (row) => row.headersMs?.sum,
    samples: ['headers_seconds_sum'],
  }),
  milliseconds('firstTokenMs', ({ durations }) => durations.firstTokenMs, {
    row: (row) => row.firstTokenMs?.sum,
    samples: ['first_token_seconds_sum'],
  }),
  milliseconds('savedMs', ({ cache }) => cache?.savedMs, {
    row: (row) => row.savedMs,
    samples: ['cache_saved_seconds_total'],
  }),
]
