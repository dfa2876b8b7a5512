import type { AbortSignal, Operation } from '@cepa/core'
import type { Outcome } from '../ledger.ts'
import type { Charged } from '../meter.ts'

/** One write of a body to the network. */
export interface NetworkWrite {
  /** `clock.now()` of the write. */
  readonly at: number
  readonly bytes: number
}

/** What the server keeps of one request. It changes as the answer goes on. */
export interface ServerEntry {
  readonly index: number
  readonly operation: Operation
  readonly mode: 'stream' | 'complete'
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the adapter under test sends
  readonly body: any
  /** Bytes of the request's body. */
  readonly bytesReceived: number
  readonly startedAt: number
  readonly headersAt?: number
  readonly status?: number
  /** Bytes of the response's body as they travelled, and every write of them. */
  readonly bytesWritten: number
  readonly writes: readonly NetworkWrite[]
  /** Bytes of the response's body before compression, of what was written. */
  readonly bytesDecoded: number
  readonly outcome: Outcome
  /** When the last thing happened: the end, the failure, or the client's leaving. */
  readonly endedAt?: number
  readonly charged: Charged
  /** Settles when the answer has ended, failed, or was left by the client. */
  readonly settled: Promise<void>
  /** Body bytes that were written after a time. */
  bytesAfter(at: number): number
}

/** An entry as the server writes it. */
export type OpenServerEntry = { -readonly [K in keyof ServerEntry]: ServerEntry[K] } & {
  writes: NetworkWrite[]
  /** Fires when the client leaves. */
  readonly gone: AbortSignal
  settle(outcome: Outcome, at: number): void
  leave(): void
}

/** What an entry begins with. */
export type EntryHead = Pick<
  ServerEntry,
  'index' | 'operation' | 'mode' | 'method' | 'path' | 'headers' | 'body' | 'bytesReceived' | 'startedAt'
>

/** Begins the entry of one request. */
export function openEntry(head: EntryHead): OpenServerEntry {
  const { promise, resolve } = Promise.withResolvers<void>()
  const client = new AbortController()
  const entry: OpenServerEntry = {
    ...head,
    bytesWritten: 0,
    bytesDecoded: 0,
    writes: [],
    outcome: 'open',
    charged: { inputTokens: 0, outputTokens: 0 },
    settled: promise,
    gone: client.signal,
    bytesAfter: (at) => entry.writes.reduce((sum, write) => (write.at > at ? sum + write.bytes : sum), 0),
    settle(outcome, at) {
      if (entry.outcome !== 'open') return
      entry.outcome = outcome
      entry.endedAt = at
      resolve()
    },
    leave: () => client.abort(new Error('the client left')),
  }
  return entry
}
