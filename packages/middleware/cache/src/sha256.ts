import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as digest } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const asBytes = (data: string | Uint8Array): Uint8Array => (typeof data === 'string' ? utf8ToBytes(data) : data)

/** SHA-256 of a text (as UTF-8) or of bytes, in hexadecimal digits. Runs everywhere. */
export const sha256 = (data: string | Uint8Array): string => bytesToHex(digest(asBytes(data)))

/** HMAC-SHA-256 of a text under a secret, in hexadecimal digits. Runs everywhere. */
export const hmacSha256 = (secret: string, data: string): string =>
  bytesToHex(hmac(digest, asBytes(secret), asBytes(data)))
