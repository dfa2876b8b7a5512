/** A value as it should be, as far as it is said: objects by the fields that are named, lists whole, functions as tests of their own. */
export type Expected<T> =
  | T
  | ((value: T) => boolean)
  | (T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: Expected<T[K]> } : never)

/** What a matcher answers to a test runner. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Asymmetric matchers of test runners (`expect.any(Number)`) say by themselves whether they match. */
const asymmetric = (value: unknown): ((seen: unknown) => boolean) | undefined => {
  const { asymmetricMatch } = (value ?? {}) as { asymmetricMatch?: (seen: unknown) => boolean }
  return typeof asymmetricMatch === 'function' ? (seen) => asymmetricMatch.call(value, seen) : undefined
}

/** Where a value is not as expected: a path and what was seen; `undefined` where it is. */
export function mismatch(expected: unknown, seen: unknown, path = ''): string | undefined {
  const differs = () => `${path || 'it'} is ${shown(seen)}`
  if (typeof expected === 'function') return (expected as (value: unknown) => boolean)(seen) ? undefined : differs()
  const matches = asymmetric(expected)
  if (matches) return matches(seen) ? undefined : differs()
  if (Array.isArray(expected)) {
    if (!Array.isArray(seen) || seen.length !== expected.length) return differs()
    return firstOf(expected.map((each, index) => () => mismatch(each, seen[index], `${path}[${index}]`)))
  }
  if (!isFields(expected)) return Object.is(expected, seen) ? undefined : differs()
  if (!isFields(seen)) return differs()
  return firstOf(
    Object.entries(expected).map(
      ([name, each]) =>
        () =>
          mismatch(each, seen[name], path ? `${path}.${name}` : name),
    ),
  )
}

const firstOf = (checks: readonly (() => string | undefined)[]): string | undefined => {
  for (const check of checks) {
    const found = check()
    if (found !== undefined) return found
  }
  return undefined
}

/** A value in a message: short. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
