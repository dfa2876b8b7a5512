/** The places of a field in a record: none where it is not there, several where a list is on the way. */
function placesOf(
  record: unknown,
  path: string,
): readonly { readonly holder: Record<string, unknown>; readonly name: string }[] {
  const [first = '', ...rest] = path.split('.')
  if (typeof record !== 'object' || record === null) return []
  const name = first.replace('[]', '')
  const holder = record as Record<string, unknown>
  if (!(name in holder)) return []
  if (rest.length === 0) return [{ holder, name }]
  const inner = rest.join('.')
  const value = holder[name]
  return Array.isArray(value) ? value.flatMap((each) => placesOf(each, inner)) : placesOf(value, inner)
}

/** Whether a record has a field. */
export const has = (record: unknown, path: string): boolean => placesOf(record, path).length > 0

/** Another value of the same kind. */
function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value * 3 + 11
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return /^[0-9a-f]{16,}$/.test(value) ? value.replaceAll('0', '1') : `${value}x`
  if (Array.isArray(value)) return value.map(otherThan)
  return Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, otherThan(each)]))
}

/** The record with another value in a field, and the one without it, where it may be absent. */
export function changed<T extends object>(record: T, path: string, optional: boolean): readonly T[] {
  const changes: ((holder: Record<string, unknown>, name: string) => void)[] = [
    (holder, name) => {
      holder[name] = otherThan(holder[name])
    },
  ]
  changes.push((holder, name) => {
    if (Array.isArray(holder[name])) holder[name] = holder[name].slice(0, -1)
  })
  if (optional) changes.push((holder, name) => delete holder[name])
  return changes.flatMap((change) =>
    // one place at a time: what the first attempt is told of may be said of the last alone
    placesOf(record, path).map((_, index) => {
      const copy = structuredClone(record)
      const place = placesOf(copy, path)[index]
      if (place) change(place.holder, place.name)
      return copy
    }),
  )
}
