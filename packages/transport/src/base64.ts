import { platform } from './platform.ts'

/** Bytes that `btoa` is given at a time: arguments of one call are limited. */
const SLICE_BYTES = 0x8000

/**
 * Bytes as base64, for requests that carry files inline.
 *
 * @example
 * base64Of(new Uint8Array([104, 105])) // → 'aGk='
 */
export function base64Of(bytes: Uint8Array): string {
  const own = bytes as Uint8Array & { toBase64?: () => string }
  if (own.toBase64) return own.toBase64()
  let binary = ''
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + SLICE_BYTES))
  }
  return platform.btoa(binary)
}

/**
 * The bytes of a base64 text.
 *
 * @throws {Error} when it is none.
 *
 * @example
 * bytesOf('aGk=') // → Uint8Array [104, 105]
 */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = platform.atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}
