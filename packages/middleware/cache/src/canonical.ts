import { OptionError } from '@cepa/core'
import { type Dialect, Unwritable, writeJson } from './write-json.ts'

/**
 * The canonical form of a request: one text for all requests that say the same, as RFC 8785 (JSON Canonicalization Scheme) has it. Fields
 * are in order and without those that are `undefined`; -0 is 0; what has a `toJSON`, such as a date, is what that says; bytes are
 * `bytes"<digest>"`, which no JSON text can be.
 *
 * @param digest gives the fingerprint of bytes, as hexadecimal digits.
 * @throws {OptionError} for what a provider cannot be sent: `NaN`, an infinity, a bigint, a function, a symbol, a map, a set, an
 * object that refers to itself.
 *
 * @example
 * canonicalForm({ b: 1, a: undefined, c: new Date(0) }, sha256) // → {"b":1,"c":"1970-01-01T00:00:00.000Z"}
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalForm(value: unknown, digest: (bytes: Uint8Array) => string): string {
  const dialect: Dialect = { sorted: true, toJson: true, bytes: (bytes) => `bytes"${digest(bytes)}"` }
  try {
    return writeJson(value, dialect, 'request')
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error
    throw new OptionError({
      owner: 'call',
      field: error.path,
      value: error.what,
      remedy:
        'a request that is to be cached must be plain data: strings, finite numbers, booleans, lists, objects, dates, bytes',
    })
  }
}
