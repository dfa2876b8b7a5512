import {
  type Adapter,
  type AnyMiddleware,
  anything,
  checkOptions,
  type Exporter,
  func,
  list,
  type OptionRules,
  type Pipeline,
  pipeline,
  type Rule,
  record,
  required,
} from '@cepa/core'
import { consoleExporter } from '@cepa/exporter-console'
import { cache } from '@cepa/middleware-cache'
import { requestId } from '@cepa/middleware-request-id'
import { retry } from '@cepa/middleware-retry'
import { timeout } from '@cepa/middleware-timeout'
import { timing } from '@cepa/middleware-timing'
import { tokenCount } from '@cepa/middleware-token-count'
import { type Factory, isObject, type Makers, makePart, type PartConfig, refuse } from './config-parts.ts'
import { logging } from './logging.ts'
import { profiler } from './profiler.ts'
import { telemetry } from './telemetry.ts'

/** A pipeline as data, as it may stand in a JSON file. */
export interface PipelineConfig {
  /** Default: the adapter's name. */
  readonly name?: string
  readonly adapter: PartConfig
  /** Outermost first. Default: none. */
  readonly layers?: readonly PartConfig[]
  /** How long a reply waits for its reader before it ends `unread`, in milliseconds. Default: 60,000. */
  readonly unreadAfterMs?: number
  /** Rules of order that this stack breaks on purpose. Default: none. */
  readonly allow?: readonly string[]
}

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

const LAYERS = { cache, logging, profiler, requestId, retry, telemetry, timeout, timing, tokenCount } satisfies Record<
  string,
  Factory<AnyMiddleware>
>

const EXPORTERS = { consoleExporter } satisfies Record<string, Factory<Exporter>>

/** A part is looked into where it is made, the rest where the pipeline is assembled. */
const PART: Rule<PartConfig> = anything<PartConfig>('an object with `use`', 'data')

const CONFIG_RULES = {
  name: anything<string>('a string', 'data'),
  adapter: required(PART),
  layers: list(PART),
  unreadAfterMs: anything<number>('a number', 'data'),
  allow: anything<readonly string[]>('a list of rules', 'data'),
} satisfies OptionRules<PipelineConfig>

const REGISTRY_RULES = {
  adapters: required(record(func<Factory<Adapter>>())),
  middlewares: record(func<Factory<AnyMiddleware>>()),
  exporters: record(func<Factory<Exporter>>()),
  values: record(anything<unknown>('anything but undefined')),
} satisfies OptionRules<Registry>

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
  if (!isObject(registry))
    return refuse(
      'registry',
      registry === undefined ? 'absent' : `a ${typeof registry}`,
      'it must be an object with `adapters`',
    )
  const {
    adapter,
    layers = [],
    ...rest
  } = checkOptions<PipelineConfig, typeof CONFIG_RULES>('configure', CONFIG_RULES, config)
  const known = checkOptions<Registry, typeof REGISTRY_RULES>('configure: registry', REGISTRY_RULES, registry)
  const makers: Makers = { values: known.values ?? {}, exporters: { ...EXPORTERS, ...known.exporters } }
  const table: Readonly<Record<string, Factory<AnyMiddleware>>> = { ...LAYERS, ...known.middlewares }
  const made = makePart(adapter, { field: 'adapter', table: known.adapters, makers })
  const stack = layers.map((layer, index) => makePart(layer, { field: `layers[${index}]`, table, makers }))
  // the tuple that the compiler would check is not there; assembly checks the same rules
  const unchecked = stack as readonly unknown[] as readonly []
  return pipeline({ ...rest, adapter: made, layers: unchecked }) as object as ConfiguredPipeline
}
