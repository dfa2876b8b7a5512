/**
 * What a value is, in words that fit into a message and show nothing of it.
 *
 * @example
 * kindOf([]) // → 'a list'
 */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
