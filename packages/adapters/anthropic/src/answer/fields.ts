/** An object of the wire: nothing is sure of its fields. */
export type Fields = Readonly<Record<string, unknown>>

/** A value as an object; of what is none, an empty one. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

/** A text that is there and not empty. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Whether a value says anything. */
const says = (value: unknown): boolean =>
  value !== null && value !== undefined && !(typeof value === 'object' && Object.keys(value).length === 0)

/** The fields that are not known and say something, each by itself. */
export const unknownFields = (fields: Fields, known: ReadonlySet<string>): readonly Fields[] =>
  Object.entries(fields).flatMap(([name, value]) => (known.has(name) || !says(value) ? [] : [{ [name]: value }]))
