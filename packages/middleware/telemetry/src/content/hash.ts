interface Subtle {
  importKey(format: 'raw', key: Uint8Array, algorithm: object, extractable: boolean, uses: string[]): Promise<object>
  sign(algorithm: string, key: object, data: Uint8Array): Promise<ArrayBuffer>
}

const platform = globalThis as unknown as {
  crypto: { subtle: Subtle }
  TextEncoder: new () => { encode(text: string): Uint8Array }
}
const encoder = new platform.TextEncoder()

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Hashes a text with a key. */
export type KeyedHash = (text: string) => Promise<string>

/**
 * Makes a keyed hash: the same text has the same hash, and without the key nobody can find a text by trying.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2104 (HMAC)
 */
export function keyedHash(key: string): KeyedHash {
  const { subtle } = platform.crypto
  let imported: Promise<object> | undefined
  return async (text) => {
    imported ??= subtle.importKey('raw', encoder.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return `hmac-sha256:${hex(await subtle.sign('HMAC', await imported, encoder.encode(text)))}`
  }
}
