type Headers = Readonly<Record<string, string>>

/**
 * Several sets of request headers as one, with names in lower case; a later set overrides an earlier one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.1 names are case-insensitive: two spellings would be sent as one list
 */
export function headersOf(...sets: readonly (Headers | undefined)[]): Headers {
  const all: Record<string, string> = {}
  for (const set of sets) for (const [name, value] of Object.entries(set ?? {})) all[name.toLowerCase()] = value
  return all
}
