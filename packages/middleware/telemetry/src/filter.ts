import { type CallRecord, OptionError, type Rule } from '@cepa/core'

type Plain = string | number | boolean

/** What one field must be: a value, one of several, or within bounds. */
export type FieldTest =
  | Plain
  | readonly Plain[]
  | {
      /** At least. */
      readonly min?: number
      /** At most. */
      readonly max?: number
      /** A regular expression that a text must match, as text. */
      readonly matches?: string
      /** Whether the field must be there. */
      readonly exists?: boolean
      /** None of these. */
      readonly not?: Plain | readonly Plain[]
    }

/**
 * Which records are let through: a function, or tests by field, all of which must hold. Fields have dots between their levels:
 * `{ provider: 'openai', ending: ['failed', 'aborted'], 'durations.totalMs': { min: 1000 }, 'attributes.tenant': { not: 'test' } }`.
 * A field that is absent fails every test but `exists: false` and `not`.
 */
export type RecordFilter = ((record: CallRecord) => boolean) | Readonly<Record<string, FieldTest>>

/** By field or by function; what is in it is checked when it is compiled. */
export const FILTER: Rule<RecordFilter> = {
  expects: 'a function, or tests by field: { provider: "openai", "durations.totalMs": { min: 1000 } }',
  kind: 'function',
  accepts: (value): value is RecordFilter =>
    typeof value === 'function' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
}

type Test = (value: unknown) => boolean

const oneOf = (values: Plain | readonly Plain[]): Test => {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values]
  return (value) => list.includes(value)
}

const refuse = (field: string, value: string, remedy: string): never => {
  throw new OptionError({ owner: 'telemetry', field: `filter.${field}`, value, remedy })
}

/** Makes what a bound says into a test. */
function boundOf(field: string, name: string, bound: unknown): Test {
  const isNumber = typeof bound === 'number' && !Number.isNaN(bound)
  if (name === 'min' && isNumber) return (value) => typeof value === 'number' && value >= bound
  if (name === 'max' && isNumber) return (value) => typeof value === 'number' && value <= bound
  if (name === 'exists' && typeof bound === 'boolean') return (value) => (value !== undefined) === bound
  if (name === 'not' && bound !== undefined) {
    const among = oneOf(bound as Plain)
    return (value) => !among(value)
  }
  if (name === 'matches' && typeof bound === 'string') {
    const pattern = patternOf(field, bound)
    return (value) => typeof value === 'string' && pattern.test(value)
  }
  const known = 'a test has min and max (numbers), matches (text), exists (true or false), not (a value or a list)'
  return refuse(`${field}.${name}`, `a ${typeof bound}`, known)
}

function patternOf(field: string, source: string): RegExp {
  try {
    return new RegExp(source, 'u')
  } catch {
    return refuse(`${field}.matches`, JSON.stringify(source), 'it must be a regular expression')
  }
}

function testOf(field: string, test: FieldTest): Test {
  if (test === null || test === undefined) return refuse(field, String(test), 'leave it out, or use { exists: false }')
  if (typeof test !== 'object' || Array.isArray(test)) return oneOf(test as Plain)
  const bounds = Object.entries(test).map(([name, bound]) => boundOf(field, name, bound))
  return (value) => bounds.every((holds) => holds(value))
}

/** The value of a field, by its path; a label's own name may have dots. */
function fieldOf(record: object, path: readonly string[]): unknown {
  let value: unknown = record
  for (const [index, name] of path.entries()) {
    if (typeof value !== 'object' || value === null) return undefined
    const rest = path.slice(index).join('.')
    if (Object.hasOwn(value, rest)) return (value as Record<string, unknown>)[rest]
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }
  return value
}

/** Makes a filter into a function. @throws {OptionError} naming the field whose test cannot be right. */
export function compileFilter(filter: RecordFilter | undefined): ((record: CallRecord) => boolean) | undefined {
  if (filter === undefined || typeof filter === 'function') return filter
  const tests = Object.entries(filter).map(([field, test]) => ({ path: field.split('.'), holds: testOf(field, test) }))
  return (record) => tests.every(({ path, holds }) => holds(fieldOf(record, path)))
}
