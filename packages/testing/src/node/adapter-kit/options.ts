import type { Adapter } from '@cepa/core'
import type { Wire } from '../../wire.ts'

/** What a provider may not have, and the kit then does not ask for. */
export type Lack =
  /** No tools. */
  | 'tools'
  /** No reasoning in the answer. */
  | 'reasoning'
  /** No cached tokens in the usage. */
  | 'cached-tokens'
  /** No id of the request in the response's headers. */
  | 'request-id'
  /** The transport does not let the adapter count bytes (an SDK client that hides them). */
  | 'bytes'
  /** The transport does not see the bytes before decompression, as `fetch` does not. */
  | 'wire-bytes'
  /** An SDK client reads the body of a refusal itself. */
  | 'refused-bytes'
  /** No rate-limit headers are reported. */
  | 'rate-limit'
  /** No status, such as a client that only throws errors. */
  | 'status'

/** What {@link testAdapter} takes. */
export interface AdapterKitOptions {
  /** Makes the adapter for a base URL and a key; both must be used. */
  readonly make: (setting: { readonly baseUrl: string; readonly key: string }) => Adapter
  /** The provider's wire format. Default: `openaiWire`. */
  readonly wire?: Wire
  /** The model that is asked. Default: `kit-model`. */
  readonly model?: string
  readonly lacks?: readonly Lack[]
}
