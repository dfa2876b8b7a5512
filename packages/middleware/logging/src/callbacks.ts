import type { Call, Ending } from '@cepa/core'
import type { CallFields } from './call-fields.ts'

/** What `onRequest` is told. */
export interface LoggedRequest {
  readonly requestId: string
  /** The call as it came: request, attributes, mode. Its content is whole, and its headers are the caller's. */
  readonly call: Call
}

/** What `onResponse` is told. */
export interface LoggedResponse extends LoggedRequest {
  /** How the call ended, with the answer as far as it came, whole and unredacted. */
  readonly ending: Exclude<Ending, { readonly kind: 'failed' | 'aborted' }>
  /** What a line says of the call: plain data without content and without secrets. */
  readonly fields: CallFields
}

/** What `onError` is told. */
export interface LoggedError extends LoggedRequest {
  /** How the call ended, with its error and the answer as far as it came. */
  readonly ending: Extract<Ending, { readonly kind: 'failed' | 'aborted' }>
  /** What a line says of the call: plain data without content and without secrets. */
  readonly fields: CallFields
}
