/** Finds where two accounts differ: the path, what was expected there and what was seen. */
export function differencesOf(expected: unknown, seen: unknown, path = ''): readonly string[] {
  if (Object.is(expected, seen)) return []
  if (isParted(expected) && isParted(seen)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(seen)])
    return [...keys].flatMap((key) => differencesOf(expected[key], seen[key], path === '' ? key : `${path}.${key}`))
  }
  if (JSON.stringify(expected) === JSON.stringify(seen)) return []
  return [`${path}: expected ${shown(expected)}, seen ${shown(seen)}`]
}

const isParted = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing'
