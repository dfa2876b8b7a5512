import { type Exporter, OptionError } from '@cepa/core'

/**
 * One part as data: which factory to use, and its options. A function, or anything else that is no data, is `{ "from": "name" }`; an
 * exporter among the options is a part itself, `{ "use": "consoleExporter", "form": "json" }`. Data that looks like one of them is
 * `{ "literal": { "from": "me@example.org" } }`.
 */
export interface PartConfig {
  readonly use: string
  readonly [option: string]: unknown
}

/** Makes a part of its options. */
export type Factory<T> = (options: never) => T

/** What parts are made of. */
export interface Makers {
  readonly values: Readonly<Record<string, unknown>>
  readonly exporters: Readonly<Record<string, Factory<Exporter>>>
}

/** Where in a configuration a part stands, and what may stand there. */
export interface PartPlace<T> {
  readonly field: string
  readonly table: Readonly<Record<string, Factory<T>>>
  readonly makers: Makers
}

/** Refuses what `configure` was given. */
export const refuse = (field: string, value: string, remedy: string): never => {
  throw new OptionError({ owner: 'configure', field, value, remedy })
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether an object has this one field, and so is no data but stands for something. */
const hasOnly = (value: Readonly<Record<string, unknown>>, key: string): boolean =>
  Object.hasOwn(value, key) && Object.keys(value).length === 1

/** Looks a name up, or says which there are. */
function lookUp<T>(table: Readonly<Record<string, T>>, name: unknown, field: string): T {
  if (typeof name === 'string' && Object.hasOwn(table, name)) return table[name] as T
  const known = Object.keys(table).toSorted().join(', ') || 'none'
  const literally = 'where it is data and no name, write { "literal": … } around it'
  return refuse(
    field,
    JSON.stringify(name) ?? 'absent',
    `it must be one of those registered: ${known}${field.endsWith('.from') ? ` (${literally})` : ''}`,
  )
}

/** Data with every `{ "from": "name" }` replaced by what the registry has under the name, every `{ "use": "name" }` by what that makes. */
function resolve(value: unknown, makers: Makers, field: string): unknown {
  if (Array.isArray(value)) return value.map((each, index) => resolve(each, makers, `${field}[${index}]`))
  if (!isObject(value)) return value
  if (hasOnly(value, 'literal')) return value.literal
  if (hasOnly(value, 'from')) return lookUp(makers.values, value.from, `${field}.from`)
  if (Object.hasOwn(value, 'use')) return makePart(value, { field, table: makers.exporters, makers })
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each, makers, `${field}.${key}`)]))
}

/** The same error, which also says where in the configuration: of two layers of a kind, whoever reads it sees which. */
function placed(error: OptionError, place: string): OptionError {
  const { owner, field, message } = error
  const [value = '', ...remedy] = message.slice(`${owner}: option ${field} is `.length).split('; ')
  return new OptionError({ owner: `${place}: ${owner}`, field, value, remedy: remedy.join('; ') })
}

/**
 * Makes a part of its data.
 *
 * @throws {OptionError} for a name that is not registered, listing those that are, and for options that cannot be right.
 */
export function makePart<T>(part: unknown, place: PartPlace<T>): T {
  const { field, table, makers } = place
  if (!isObject(part))
    return refuse(field, part === undefined ? 'absent' : `a ${typeof part}`, 'it must be an object with `use`')
  const { use, ...options } = part
  const factory = lookUp(table, use, `${field}.use`)
  const given = Object.keys(options).length === 0 ? undefined : optionsOf(options, makers, field)
  try {
    return factory(given as never)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw placed(error, typeof options.name === 'string' ? `${field} (${options.name})` : field)
  }
}

/** The options of a part are no reference, whatever their names. */
const optionsOf = (options: Readonly<Record<string, unknown>>, makers: Makers, field: string): object =>
  Object.fromEntries(Object.entries(options).map(([name, each]) => [name, resolve(each, makers, `${field}.${name}`)]))
