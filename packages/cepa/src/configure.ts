import { type Adapter, type AnyMiddleware, type Exporter, OptionError, type Pipeline, pipeline } from '@cepa/core'
import { consoleExporter } from '@cepa/exporter-console'
import { cache } from '@cepa/middleware-cache'
import { requestId } from '@cepa/middleware-request-id'
import { retry } from '@cepa/middleware-retry'
import { timeout } from '@cepa/middleware-timeout'
import { timing } from '@cepa/middleware-timing'
import { tokenCount } from '@cepa/middleware-token-count'
import { logging } from './logging.ts'
import { telemetry } from './telemetry.ts'

/**
 * One part as data: which factory to use, and its options. A function, or anything else that is no data, is `{ "from": "name" }`; an
 * exporter among the options is a part itself, `{ "use": "consoleExporter", "form": "json" }`.
 */
export interface PartConfig {
  readonly use: string
  readonly [option: string]: unknown
}

/** A pipeline as data, as it may stand in a JSON file. */
export interface PipelineConfig {
  readonly name?: string
  readonly adapter: PartConfig
  /** Outermost first. */
  readonly layers?: readonly PartConfig[]
}

type Factory<T> = (options: never) => T

/** What a configuration may name. */
export interface Registry {
  /** Factories of adapters: `{ openai, anthropic }`. */
  readonly adapters: Readonly<Record<string, Factory<Adapter>>>
  /** Factories of middlewares beside those of this package. */
  readonly middlewares?: Readonly<Record<string, Factory<AnyMiddleware>>>
  /** Factories of exporters beside `consoleExporter`: `{ fileExporter }`. */
  readonly exporters?: Readonly<Record<string, Factory<Exporter>>>
  /** What `{ "from": "name" }` stands for: functions, loggers, stores, keys. */
  readonly values?: Readonly<Record<string, unknown>>
}

/** A pipeline whose layers the compiler does not know. */
export type ConfiguredPipeline = Pipeline<Readonly<Record<string, unknown>>>

const LAYERS = { cache, logging, requestId, retry, telemetry, timeout, timing, tokenCount } satisfies Record<
  string,
  Factory<AnyMiddleware>
>

const EXPORTERS = { consoleExporter } satisfies Record<string, Factory<Exporter>>

const refuse = (field: string, value: string, remedy: string): never => {
  throw new OptionError({ owner: 'configure', field, value, remedy })
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Looks a name up, or says which there are. */
function lookUp<T>(table: Readonly<Record<string, T>>, name: unknown, field: string): T {
  if (typeof name === 'string' && Object.hasOwn(table, name)) return table[name] as T
  const known = Object.keys(table).toSorted().join(', ') || 'none'
  return refuse(field, JSON.stringify(name) ?? 'absent', `it must be one of those registered: ${known}`)
}

/** What parts are made of. */
interface Makers {
  readonly values: Readonly<Record<string, unknown>>
  readonly exporters: Readonly<Record<string, Factory<Exporter>>>
}

/** Data with every `{ "from": "name" }` replaced by what the registry has under the name, every `{ "use": "name" }` by what that makes. */
function resolve(value: unknown, makers: Makers, field: string): unknown {
  if (Array.isArray(value)) return value.map((each, index) => resolve(each, makers, `${field}[${index}]`))
  if (!isObject(value)) return value
  if ('use' in value) return make(value, field, { table: makers.exporters, makers })
  if (Object.keys(value).length === 1 && 'from' in value) return lookUp(makers.values, value.from, `${field}.from`)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each, makers, `${field}.${key}`)]))
}

function make<T>(
  part: unknown,
  field: string,
  { table, makers }: { table: Readonly<Record<string, Factory<T>>>; makers: Makers },
): T {
  if (!isObject(part))
    return refuse(field, part === undefined ? 'absent' : `a ${typeof part}`, 'it must be an object with `use`')
  const { use, ...options } = part
  const factory = lookUp(table, use, `${field}.use`)
  return factory((Object.keys(options).length === 0 ? undefined : resolve(options, makers, field)) as never)
}

/**
 * Builds a pipeline from data, such as a configuration file: every name and value is checked, and nothing is sent. The options of each
 * part are those of its factory; what is no data is named and taken from the registry. Since a file has no types, per-call options are
 * checked when a call is made.
 *
 * @throws {OptionError} for a name that is not registered, listing those that are, and for options that cannot be right.
 * @throws {StackError} for a stack that cannot work.
 *
 * @example
 * const chat = configure(
 *   {
 *     adapter: { use: 'openai' },
 *     layers: [
 *       { use: 'telemetry', exporters: [{ use: 'fileExporter', path: 'calls.jsonl' }] },
 *       { use: 'cache', scope: { from: 'tenantOf' } },
 *       { use: 'retry', attempts: 4 },
 *     ],
 *   },
 *   { adapters: { openai }, exporters: { fileExporter }, values: { tenantOf: (call) => call.attributes.tenant } },
 * )
 */
export function configure(config: PipelineConfig, registry: Registry): ConfiguredPipeline {
  if (!isObject(config))
    return refuse('(all)', `a ${typeof config}`, 'it must be an object with `adapter` and `layers`')
  const known = ['name', 'adapter', 'layers']
  for (const field of Object.keys(config)) {
    if (!known.includes(field)) refuse(field, 'given', `there is no such field (known: ${known.join(', ')})`)
  }
  const { layers = [], name } = config
  if (!Array.isArray(layers)) return refuse('layers', `a ${typeof layers}`, 'it must be a list, outermost first')
  const makers: Makers = { values: registry.values ?? {}, exporters: { ...EXPORTERS, ...registry.exporters } }
  const table: Readonly<Record<string, Factory<AnyMiddleware>>> = { ...LAYERS, ...registry.middlewares }
  const adapter = make(config.adapter, 'adapter', { table: registry.adapters, makers })
  const made = layers.map((layer, index) => make(layer, `layers[${index}]`, { table, makers }))
  // the tuple that the compiler would check is not there; assembly checks the same rules
  const layersMade = made as readonly unknown[] as readonly []
  return pipeline({ adapter, layers: layersMade, ...(name !== undefined && { name }) }) as object as ConfiguredPipeline
}
