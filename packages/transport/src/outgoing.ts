import { type AdapterCall, OptionError } from '@cepa/core'
import { encodeText } from './platform.ts'

/** What HTTP allows in a header's name and value. */
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * The headers of a request: the adapter's, then the call's, which win. Names are lowercase.
 *
 * @throws {OptionError} for a name or value that HTTP does not allow; the value is not shown.
 */
export function outgoingHeaders(
  call: AdapterCall,
  provider: string,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = {}
  for (const [name, value] of [...Object.entries(own), ...Object.entries(call.headers)]) {
    if (!NAME.test(name) || !VALUE.test(value)) {
      throw new OptionError({
        owner: provider,
        field: `headers.${NAME.test(name) ? name : '(name)'}`,
        value: 'a string with characters that HTTP does not allow there',
        remedy: 'use visible ASCII, without line breaks',
      })
    }
    merged[name.toLowerCase()] = value
  }
  return merged
}

/**
 * A request's body as the bytes of its JSON.
 *
 * @throws {OptionError} when it has no JSON form (a cycle, a bigint).
 */
export function outgoingBytes(provider: string, json: unknown): Uint8Array<ArrayBuffer> {
  try {
    return encodeText(JSON.stringify(json))
  } catch (error) {
    const value = error instanceof Error ? (error.message.split('\n')[0] as string) : 'not serialisable'
    throw new OptionError({
      owner: provider,
      field: 'request',
      value,
      remedy: 'a request must be plain data that has a JSON form',
    })
  }
}
