import { Named } from '@cepa/core'

/** The first part of a value that JSON would change, names of what is no data aside; `undefined` where there is none. */
export function unplain(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (value instanceof Named) return undefined
  if (typeof value !== 'object') return `${path} is a ${typeof value}`
  const prototype = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return `${path} is no plain object`
  for (const [key, field] of Object.entries(value)) {
    const found = unplain(field, `${path}.${key}`)
    if (found) return found
  }
  return undefined
}
