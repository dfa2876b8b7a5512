/** Digits that are worth reading: a millionth of a millisecond says nothing. */
const DIGITS = 6

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const textOf = (value: unknown): string => {
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)))
  if (isObject(value)) return JSON.stringify(value)
  if (typeof value !== 'string') return String(value)
  return value === '' || /[\s"=]/.test(value) ? JSON.stringify(value) : value
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || (isObject(value) && Object.values(value).every(isEmpty))

/** A list of attempts, errors, messages: what deserves rows of its own. */
const isListOfObjects = (value: unknown): value is readonly object[] => Array.isArray(value) && value.some(isObject)

/** What is within a field as `name=value`, deeper names with dots. */
function flat(name: string, value: unknown): string[] {
  if (isEmpty(value)) return []
  if (Array.isArray(value)) return [`${name}=${value.map(textOf).join(',')}`]
  if (!isObject(value)) return [`${name}=${textOf(value)}`]
  return Object.entries(value).flatMap(([inner, each]) => flat(`${name}.${inner}`, each))
}

/** A row as it is shown: the name of a field, and what is in it. */
export type FieldRow = readonly [name: string, text: string]

function rowsOf(name: string, value: unknown): FieldRow[] {
  if (isEmpty(value)) return []
  if (isListOfObjects(value)) return value.flatMap((each, index) => rowsOf(`${name}[${index}]`, each))
  if (Array.isArray(value)) return [[name, value.map(textOf).join(' ')]]
  if (!isObject(value)) return [[name, textOf(value)]]
  const entries = Object.entries(value)
  const own = entries.filter(([, each]) => !isListOfObjects(each)).flatMap(([inner, each]) => flat(inner, each))
  const lists = entries.filter(([, each]) => isListOfObjects(each))
  return [
    ...(own.length > 0 ? [[name, own.join(' ')] as const] : []),
    ...lists.flatMap(([inner, each]) => rowsOf(`${name}.${inner}`, each)),
  ]
}

/**
 * All that a record says by the names of its fields, a row for each field, attempt, error and message. What is not there has no row.
 *
 * @example
 * fieldRows({ durations: { totalMs: 12.25, gaps: { count: 3 } } }) // → [['durations', 'totalMs=12.25 gaps.count=3']]
 */
export const fieldRows = (record: object): FieldRow[] =>
  Object.entries(record).flatMap(([name, value]) => rowsOf(name, value))
