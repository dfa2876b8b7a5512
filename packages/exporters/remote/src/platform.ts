import type { RemoteFetch } from './fetch.ts'

interface ByteStream {
  pipeThrough(transform: unknown): ByteStream
}

/** What is asked of the runtime, typed without the DOM or Node libraries. */
interface Platform {
  readonly fetch: RemoteFetch
  readonly URL: new (
    url: string,
  ) => { readonly protocol: string; readonly origin: string; readonly username: string; readonly password: string }
  readonly Headers: new (init: Readonly<Record<string, string>>) => unknown
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
  readonly Response: new (
    body: Uint8Array<ArrayBuffer> | ByteStream,
  ) => { readonly body: ByteStream; arrayBuffer(): Promise<ArrayBuffer> }
  /** Absent in some runtimes. */
  readonly CompressionStream?: new (
    format: 'gzip',
  ) => unknown
  readonly crypto: { readonly subtle: SubtleCrypto }
  readonly btoa: (binary: string) => string
  readonly atob: (base64: string) => string
}

/** A key as the runtime holds it. */
export interface SigningKey {
  readonly type: string
}

interface SubtleCrypto {
  digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  importKey(
    format: 'raw',
    key: Uint8Array<ArrayBuffer>,
    algorithm: { readonly name: 'HMAC'; readonly hash: 'SHA-256' },
    extractable: false,
    uses: readonly ['sign'],
  ): Promise<SigningKey>
  sign(algorithm: 'HMAC', key: SigningKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
}

export const platform: Platform = globalThis as unknown as Platform

const encoder = new platform.TextEncoder()

/** Text as UTF-8 bytes. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** Bytes as base64. */
export const base64 = (bytes: ArrayBuffer): string => platform.btoa(String.fromCharCode(...new Uint8Array(bytes)))

/** Bytes compressed with gzip; nothing where the runtime cannot. */
export async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (platform.CompressionStream === undefined) return undefined
  const stream = new platform.Response(bytes).body.pipeThrough(new platform.CompressionStream('gzip'))
  return new Uint8Array(await new platform.Response(stream).arrayBuffer())
}
