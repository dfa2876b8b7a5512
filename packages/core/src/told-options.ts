import { Named } from './named.ts'
import { isPlainObject } from './option-rules.ts'

/** Options as data, apart from the names of what is none, by their paths. */
export interface ToldOptions {
  readonly data: Readonly<Record<string, unknown>>
  readonly named: Readonly<Record<string, string | readonly string[]>>
}

const isNames = (value: unknown): value is readonly Named[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => each instanceof Named)

/** Tells data and names apart. */
export function splitNamed(told: Readonly<Record<string, unknown>>): ToldOptions {
  const data: Record<string, unknown> = {}
  const named: Record<string, string | readonly string[]> = {}
  for (const [field, value] of Object.entries(told)) {
    if (value instanceof Named) named[field] = value.name
    else if (isNames(value)) named[field] = value.map(({ name }) => name)
    else if (isPlainObject(value)) {
      const inner = splitNamed(value)
      data[field] = inner.data
      for (const [path, name] of Object.entries(inner.named)) named[`${field}.${path}`] = name
    } else data[field] = value
  }
  return { data, named }
}
