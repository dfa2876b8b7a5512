/** How a name is recognised, in the words of `@pydantic/genai-prices`. All but `regex` regardless of case. */
export type NameMatch =
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }
  | { readonly or: readonly NameMatch[] }
  | { readonly and: readonly NameMatch[] }

/** Whether a name, in lower case, is one that is meant. What is written in words that are not known never is. */
export function matchesName(match: NameMatch, name: string): boolean {
  if ('or' in match) return match.or.some((each) => matchesName(each, name))
  if ('and' in match) return match.and.every((each) => matchesName(each, name))
  if ('equals' in match) return name === match.equals.toLowerCase()
  if ('starts_with' in match) return name.startsWith(match.starts_with.toLowerCase())
  if ('ends_with' in match) return name.endsWith(match.ends_with.toLowerCase())
  if ('contains' in match) return name.includes(match.contains.toLowerCase())
  return 'regex' in match && new RegExp(match.regex).test(name)
}
