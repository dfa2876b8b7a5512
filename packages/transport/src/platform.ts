import type { AbortSignal } from '@cepa/core'

/** What transport asks of the runtime, typed without the DOM or Node libraries; every runtime of today has it. */
interface Platform {
  readonly TextDecoder: new () => TextDecoding
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
  readonly AbortController: new () => { readonly signal: AbortSignal; abort(reason?: unknown): void }
  readonly URL: new (url: string) => { readonly hostname: string; readonly port: string; readonly protocol: string }
  readonly btoa: (binary: string) => string
  readonly atob: (base64: string) => string
}

/** A streaming UTF-8 decoder. */
export interface TextDecoding {
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string
}

export const platform: Platform = globalThis as unknown as Platform

const encoder = new platform.TextEncoder()

/** Text as UTF-8 bytes. */
export const encodeText = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/**
 * Host and port of a URL, for an adapter's `server` and the attempt's record; empty where it is none.
 *
 * @example
 * serverOf('https://api.openai.com/v1') // → { serverAddress: 'api.openai.com', serverPort: 443 }
 */
export function serverOf(url: string | undefined): { serverAddress?: string; serverPort?: number } {
  if (url === undefined) return {}
  try {
    const { hostname, port, protocol } = new platform.URL(url)
    return { serverAddress: hostname, serverPort: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) }
  } catch {
    return {}
  }
}
