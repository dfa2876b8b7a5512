/**
 * What stands in the environment for options: by option the value of its variable, without space around it. Options that were given
 * are not looked up; variables that are missing or empty are left out, as is everything where there is no environment.
 *
 * @example
 * environmentOf({ apiKey: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' }, { baseUrl: 'https://h' }) // → { apiKey: '…' }
 */
export function environmentOf<K extends string>(
  variables: Readonly<Record<K, string>>,
  given: { readonly [Option in NoInfer<K>]?: unknown } = {},
): Partial<Record<K, string>> {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
  const found: Partial<Record<K, string>> = {}
  for (const option in variables) {
    const value = given[option] === undefined ? process?.env?.[variables[option]]?.trim() : undefined
    if (value) found[option] = value
  }
  return found
}
