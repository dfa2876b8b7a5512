import type { EndingKind } from './ending.ts'
import type { Usage } from './event.ts'
import type { RecordedError } from './recorded-error.ts'

/** One attempt at a provider, in a record or a note. */
export interface RecordedAttempt {
  /** Of the call that the attempt is part of: its position among all its attempts, from 0. */
  readonly index: number
  /**
   * A span id of its own, where the call has a trace and more than one attempt; 16 digits of lower-case hex. Absent where `tracing()` makes
   * the spans: their ids are its SDK's.
   */
  readonly spanId?: string
  readonly provider: string
  /** The model that was asked. */
  readonly model: string
  /** Milliseconds from the call's start to the attempt's. */
  readonly startMs: number
  /** Milliseconds from the attempt's start to its end; absent while it runs. */
  readonly durationMs?: number
  /** Milliseconds from the attempt's start to the response's headers. */
  readonly headersMs?: number
  /** Absent while it runs. */
  readonly ending?: EndingKind
  /** Whether the caller's answer is of this attempt. */
  readonly won: boolean
  /** Why an adapter sent the request again by itself. */
  readonly reason?: string
  /** HTTP status. */
  readonly status?: number
  /** The provider's own id of the request. */
  readonly providerRequestId?: string
  readonly serverAddress?: string
  readonly serverPort?: number
  /** Encoded bytes of the request's body. */
  readonly bytesSent?: number
  /** Decoded bytes of the response's body that were read. */
  readonly bytesReceived?: number
  /** Bytes of the response's body on the wire, where the transport sees them. */
  readonly wireBytesReceived?: number
  /** Which of the provider's interfaces was asked, where it has several of a kind: `chat_completions`. */
  readonly apiType?: string
  /** What the provider calls the set-up that answered. */
  readonly systemFingerprint?: string
  /** What the provider says is left of its limits, by header name without prefix: `remaining-requests`, `reset-tokens`, … */
  readonly rateLimit?: Readonly<Record<string, string>>
  readonly usage?: Usage
  /** For `failed` and `aborted`. */
  readonly error?: RecordedError
}
