import type { AbortSignal } from '@cepa/core'

/** What transport asks a `fetch` for. */
export interface FetchInit {
  method: string
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer>
  signal: AbortSignal
  /** Redirects are not followed: the request carries a key. */
  redirect: 'manual'
  /** Told when the request goes out on its connection, by a fetch that knows; others leave it alone. */
  sent?: () => void
}

/** The part of `Headers` that transport reads. */
export interface FetchHeaders {
  get(name: string): string | null
  forEach(tell: (value: string, name: string) => void): void
}

/** The part of a stream's reader that transport uses. */
export interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
}

/** The part of `Response` that transport reads. */
export interface FetchResponse {
  readonly status: number
  readonly headers: FetchHeaders
  readonly body: { getReader(): ByteReader } | null
  /** Bytes of the body that the network has delivered so far, before decompression; absent where the fetch cannot see them. */
  readonly wireBytes?: () => number
}

/**
 * The part of the platform's `fetch` that transport needs: any WHATWG `fetch` fits.
 *
 * @see https://fetch.spec.whatwg.org/#fetch-method
 *
 * @example
 * const logged: Fetch = (url, init) => {
 *   console.log(url)
 *   return fetch(url, init)
 * }
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

/** A fetch that holds connections of its own. After `close` it may be used again, with new ones. */
export type ClosableFetch = Fetch & { close(): Promise<void> }
