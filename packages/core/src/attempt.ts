import type { Ending } from './ending.ts'
import type { Usage } from './event.ts'

/** What an adapter reports of an attempt as it learns it. Later reports overwrite earlier ones field by field. */
export interface AttemptDetails {
  /** HTTP status. */
  status?: number
  /** The provider's own id of the request. */
  providerRequestId?: string
  serverAddress?: string
  serverPort?: number
  /** Milliseconds from the attempt's start to the response's headers. */
  headersMs?: number
  /** Encoded bytes of the request's body. */
  bytesSent?: number
  /** Decoded bytes of the response's body that were read. */
  bytesReceived?: number
  /** Bytes of the response's body on the wire, before decompression, where the transport sees them. */
  wireBytesReceived?: number
  /** Which of the provider's interfaces was asked, where it has several of a kind: `chat_completions`. */
  apiType?: string
  /** What the provider calls the set-up that answered. */
  systemFingerprint?: string
  /** The provider's rate-limit headers, by name without prefix: `remaining-requests`, `reset-tokens`, … */
  rateLimit?: Readonly<Record<string, string>>
}

/** One try at a provider within a call. A cache hit has none, a retry adds one (rule A1). */
export interface Attempt extends Readonly<AttemptDetails> {
  /** Position in the call's list, from 0. */
  readonly index: number
  readonly provider: string
  readonly model: string
  /** `clock.now()` of its start. */
  readonly startedAt: number
  /** Why an adapter sent the request again by itself (after a 401, without a refused field). */
  readonly reason?: string
  /** How it ended; absent while it runs. */
  readonly ending?: Ending
  /** The usage that the provider had told by its end. */
  readonly usage?: Usage
  /** Whether the caller's answer is of this attempt. */
  readonly won: boolean
}

/** The adapter's hold on its attempt. */
export interface AttemptReport {
  /** Adds to what is known of the attempt. */
  report(details: AttemptDetails): void
  /**
   * Ends the attempt as failed by `error` and opens the next one, for a corrective resend within the adapter.
   *
   * @throws {ContractError} (A1) when the same reason was given before in this call of the adapter.
   */
  again(reason: string, error: Error): void
}
