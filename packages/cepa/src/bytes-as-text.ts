interface Base64Platform {
  readonly btoa: (binary: string) => string
}

/** Bytes that become characters at a time: arguments of one call are limited. */
const SLICE_BYTES = 0x8000

function base64Of(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + SLICE_BYTES))
  }
  return (globalThis as unknown as Base64Platform).btoa(binary)
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined
}

/**
 * A replacer for `JSON.stringify` by which bytes become base64, which JSON would else write as an object with a field for each.
 *
 * @example
 * JSON.stringify({ value: new Uint8Array([104, 105]) }, withBytesAsText) // → '{"value":"aGk="}'
 */
export function withBytesAsText(this: unknown, key: string, value: unknown): unknown {
  // what Node's buffers are before their own toJSON() has made a list of them
  const bytes = bytesOf((this as Readonly<Record<string, unknown>>)[key])
  return bytes === undefined ? value : base64Of(bytes)
}
