import type { Limit, ProviderErrorKind } from './errors.ts'

/** What led to an error. */
export interface RecordedCause {
  readonly name: string
  readonly message: string
  readonly code?: string
}

/** An error in a record or a note: without its stack, its texts scrubbed of secrets and cut. */
export interface RecordedError {
  readonly name: string
  /** At most 1,000 bytes. */
  readonly message: string
  /** Stable code of Cepa's error classes, or the system's (`ECONNREFUSED`). */
  readonly code?: string
  /** What went wrong at a provider: `rate-limit`, `network`, … */
  readonly kind?: ProviderErrorKind
  /** HTTP status. */
  readonly status?: number
  readonly retryable?: boolean
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs?: number
  readonly providerRequestId?: string
  /** The provider's own code or type of the error. */
  readonly providerCode?: string
  /** For a limit that was met: which. */
  readonly limit?: Limit
  /** Its value in milliseconds. */
  readonly limitMs?: number
  /** The layer that set it, `caller` for the call's own deadline. */
  readonly setBy?: string
  /** What led to it, nearest first; at most four. */
  readonly causes?: readonly RecordedCause[]
}

/** A hook that broke its rules while the call went on. */
export interface RecordedFault {
  readonly middleware: string
  readonly hook: string
  readonly error: RecordedError
}
