import { kindOfMedia, type MediaPart } from './media.ts'

interface Platform {
  TextDecoder: new () => { decode(bytes: Uint8Array): string }
  atob(base64: string): string
}

/** Longest part of a file that is read, in bytes. */
const MOST_BYTES = 65_536

/** Base64 characters of that many bytes; a multiple of four. */
const MOST_BASE64 = Math.ceil(MOST_BYTES / 3) * 4

const decode = (bytes: Uint8Array): string => new (globalThis as unknown as Platform).TextDecoder().decode(bytes)

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from((globalThis as unknown as Platform).atob(base64), (character) => character.charCodeAt(0))

/** The beginning of an inline text file, and by how much the whole is longer; `undefined` for what is no text or not here. */
export function textOfFile(
  part: MediaPart & { type: 'file' },
): { readonly sample: string; readonly scale: number } | undefined {
  const { file, mediaType } = part
  if (kindOfMedia(mediaType) !== undefined) return undefined
  if ('bytes' in file) {
    const { length } = file.bytes
    return { sample: decode(file.bytes.subarray(0, MOST_BYTES)), scale: Math.max(1, length / MOST_BYTES) }
  }
  if (!('base64' in file)) return undefined
  return {
    sample: decode(bytesOf(file.base64.slice(0, MOST_BASE64))),
    scale: Math.max(1, file.base64.length / MOST_BASE64),
  }
}
