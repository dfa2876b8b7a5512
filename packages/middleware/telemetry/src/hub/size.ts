/** What a field costs as JSON beside its name and value, in bytes. */
const FRAME_BYTES = 4
/** A number or a word of JSON, about. */
const SCALAR_BYTES = 8

/**
 * Freezes plain data all the way down, so that no exporter can change what another one is given, and tells about how many bytes it has as
 * JSON: characters are counted as one byte each, which texts in other scripts exceed up to threefold.
 */
export function freezeAndMeasure(value: unknown): number {
  if (typeof value === 'string') return value.length + FRAME_BYTES
  if (typeof value !== 'object' || value === null) return SCALAR_BYTES
  let bytes = FRAME_BYTES
  if (Array.isArray(value)) {
    for (const each of value) bytes += freezeAndMeasure(each)
  } else {
    for (const name in value)
      bytes += name.length + FRAME_BYTES + freezeAndMeasure((value as Record<string, unknown>)[name])
  }
  Object.freeze(value)
  return bytes
}
