import type { Operation, Requests, StreamEvent } from '@cepa/core'
import type { Charged } from './meter.ts'

/** What became of a request, as the provider saw it. */
export type Outcome =
  /** Still answering, or waiting to be read. */
  | 'open'
  /** Answered to its end. */
  | 'ended'
  /** Refused, or failed in the middle. */
  | 'failed'
  /** The other side left before the end. */
  | 'closed'

/** What a fake provider keeps of one request. It changes as the answer goes on. */
export interface LedgerEntry {
  readonly index: number
  readonly callId: string
  readonly operation: Operation
  readonly mode: 'stream' | 'complete'
  readonly request: Requests[Operation]
  readonly headers: Readonly<Record<string, string>>
  /** `clock.now()` when the request came. */
  readonly startedAt: number
  /** When the headers left; absent where they never did. */
  readonly headersAt?: number
  /** Every event that was handed out. */
  readonly events: readonly StreamEvent[]
  readonly outcome: Outcome
  /** When the last thing happened: the end, the failure or the closing. */
  readonly endedAt?: number
  /** Who closed an answer that had not ended: `close` of its feed, or the call's signal before the headers. */
  readonly closedBy?: 'close' | 'signal'
  readonly closeReason?: unknown
  /** How often the feed's `close` was called. */
  readonly closes: number
  /** Pulls in all. */
  readonly pulls: number
  /** Pulls after `close`, which must not be. */
  readonly pullsAfterClose: number
  /** Pulls while another was pending, which must not be. */
  readonly pullsOverlapping: number
  readonly charged: Charged
}

/** An entry as the provider writes it. */
export type OpenEntry = { -readonly [K in keyof LedgerEntry]: LedgerEntry[K] } & { events: StreamEvent[] }

/** The sum of what was charged. */
export const totalCharged = (entries: readonly { readonly charged: Charged }[]): Charged =>
  entries.reduce(
    (sum, { charged }) => ({
      inputTokens: sum.inputTokens + charged.inputTokens,
      outputTokens: sum.outputTokens + charged.outputTokens,
    }),
    { inputTokens: 0, outputTokens: 0 },
  )
