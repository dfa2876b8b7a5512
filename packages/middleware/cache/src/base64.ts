/** The platform's own base64, which knows strings only; every runtime has it. */
const platform = globalThis as unknown as { btoa(binary: string): string; atob(text: string): string }

/** As many bytes as `String.fromCharCode` takes at once everywhere. */
const SLICE = 0x2000

/** Bytes as base64 (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += SLICE) binary += String.fromCharCode(...bytes.subarray(at, at + SLICE))
  return platform.btoa(binary)
}

/** The bytes of a base64 text. @throws {Error} for a text that is none. */
export const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(platform.atob(text), (character) => character.charCodeAt(0))
