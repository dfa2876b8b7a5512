import type { AbortSignal } from '@cepa/core'

/** What a `fetch` is asked for. */
export interface RemoteRequest {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
  /** Redirects are not followed: the request has keys, and records of calls. */
  readonly redirect: 'manual'
}

/** The part of `Response` that is read. */
export interface RemoteResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
      cancel(reason?: unknown): Promise<void>
    }
  } | null
}

/**
 * The part of the platform's `fetch` that is needed; any WHATWG `fetch` fits, also one that adds what a gateway asks for.
 *
 * @see https://fetch.spec.whatwg.org/#fetch-method
 *
 * @example
 * const authorized: RemoteFetch = async (url, init) =>
 *   fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${await freshToken()}` } })
 */
export type RemoteFetch = (url: string, init: RemoteRequest) => Promise<RemoteResponse>
