import type { AbortSignal } from '@cepa/core'
import { createDefaultFetch } from '#default-fetch'
import type { ClosableFetch, Fetch, FetchResponse } from './fetch.ts'

/** A request on its way to whatever carries it. */
export interface Shipment {
  /** The whole address. */
  readonly url: string
  /** The address below the base URL, for a client that has a base URL of its own. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The body, as an object and as the bytes of its JSON. */
  readonly json: unknown
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly stream: boolean
  readonly signal: AbortSignal
  /** To be told when the request goes out on its connection, by a carrier that knows. */
  readonly sent?: () => void
}

/** An answer as it was carried back. */
export interface Delivery {
  readonly response: FetchResponse
  /** The error's body, where the carrier has read it already. */
  readonly errorBody?: unknown
}

/** What takes requests to the provider: a `fetch`, or a team's own SDK client. */
export interface Carrier {
  /** Resolves with any status; rejects when there was no answer. */
  carry(shipment: Shipment): Promise<Delivery>
  /** The base URL that the carrier itself decides. */
  readonly baseUrl?: string
  /** What must never stand in a message. */
  readonly secrets?: readonly string[]
  /** Lets go of connections that it holds. It may be used again. */
  close?(): Promise<void>
}

/**
 * Carries requests by a `fetch`: the given one, else the best of the runtime (on Node undici's client without time limits).
 *
 * @example
 * const carrier = fetchCarrier()
 */
export function fetchCarrier(given?: Fetch): Carrier {
  const fetchOver: Fetch & Partial<Pick<ClosableFetch, 'close'>> = given ?? createDefaultFetch()
  return {
    async carry({ url, headers, bytes, stream, signal, sent }) {
      const response = await fetchOver(url, {
        method: 'POST',
        headers: {
          accept: stream ? 'text/event-stream, application/x-ndjson, application/json' : 'application/json',
          ...headers,
          'content-type': 'application/json',
        },
        body: bytes,
        signal,
        redirect: 'manual',
        ...(sent && { sent }),
      })
      return { response }
    },
    // a fetch that was given belongs to who gave it
    ...(given === undefined && { close: async () => fetchOver.close?.() }),
  }
}
