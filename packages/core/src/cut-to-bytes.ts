const bytesOf = (codePoint: number): number => {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}

const ELLIPSIS = '…'
const ELLIPSIS_BYTES = 3

/**
 * A text of at most so many bytes of UTF-8, cut between two characters; what is cut ends with an ellipsis, which counts.
 *
 * @param maxBytes at least 3.
 *
 * @example
 * cutToBytes('Zwiebelkuchen', 10) // → 'Zwiebel…'
 */
export function cutToBytes(text: string, maxBytes: number): string {
  // no character has more than 3 bytes for each of its units
  if (text.length * 3 <= maxBytes) return text
  let bytes = 0
  let end = 0
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at) as number
    bytes += bytesOf(codePoint)
    if (bytes > maxBytes) return text.slice(0, end) + ELLIPSIS
    at += codePoint > 0xffff ? 2 : 1
    if (bytes <= maxBytes - ELLIPSIS_BYTES) end = at
  }
  return text
}
