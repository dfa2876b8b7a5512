import { checkOptions, type OptionRules, type Rule } from '@cepa/core'
import { type CacheOptions, cache } from '@cepa/middleware-cache'
import type { LoggingOptions } from '@cepa/middleware-logging'
import type { Profiler, ProfilerOptions } from '@cepa/middleware-profiler'
import { type RequestIdOptions, requestId } from '@cepa/middleware-request-id'
import { type RetryOptions, retry } from '@cepa/middleware-retry'
import type { Telemetry, TelemetryOptions } from '@cepa/middleware-telemetry'
import { type TimeoutOptions, timeout } from '@cepa/middleware-timeout'
import { type TimingOptions, timing } from '@cepa/middleware-timing'
import { type TokenCountOptions, tokenCount } from '@cepa/middleware-token-count'
import { type DefaultStack, type Joining, placeFor } from './joining-layers.ts'
import { logging } from './logging.ts'
import { profiler } from './profiler.ts'
import { telemetry } from './telemetry.ts'

/** Options of each layer of {@link defaultStack}, under the layer's name. */
export interface DefaultStackOptions {
  readonly requestId?: RequestIdOptions
  /**
   * Records are made as soon as it is said where they go: options, or a `telemetry()` that other stacks share and whose controls
   * (`metrics`, `flush`, …) are wanted. Default: no telemetry.
   */
  readonly telemetry?: TelemetryOptions<'telemetry'> | Telemetry | undefined
  readonly logging?: LoggingOptions<'logging'>
  readonly timing?: TimingOptions<'timing'>
  /** Time is measured layer by layer: options, or a `profiler()` whose `report()` is wanted. Default: no profiler. */
  readonly profiler?: ProfilerOptions<'profiler'> | Profiler | undefined
  /** Answers are cached as soon as it is said whose answers may be shared. Default: no cache. */
  readonly cache?: CacheOptions<'cache'> | undefined
  readonly tokenCount?: TokenCountOptions
  readonly retry?: RetryOptions
  readonly timeout?: TimeoutOptions<'timeout'>
}

/** What is in them is for each layer to check. */
const LAYER_OPTIONS: Rule<object> = {
  expects: 'an object, the options of the layer',
  kind: 'function',
  accepts: (value): value is object => typeof value === 'object' && value !== null && !Array.isArray(value),
}

const RULES = {
  requestId: LAYER_OPTIONS,
  telemetry: LAYER_OPTIONS,
  logging: LAYER_OPTIONS,
  timing: LAYER_OPTIONS,
  profiler: LAYER_OPTIONS,
  cache: LAYER_OPTIONS,
  tokenCount: LAYER_OPTIONS,
  retry: LAYER_OPTIONS,
  timeout: LAYER_OPTIONS,
} as OptionRules<object> as OptionRules<DefaultStackOptions>

/** One that was made already has controls that whoever made it keeps. */
const isMade = <TOptions extends object, TLayer extends object>(given: TOptions | TLayer): given is TLayer =>
  '~spec' in given

const telemetryOf = (given: TelemetryOptions<'telemetry'> | Telemetry): Telemetry =>
  isMade<TelemetryOptions, Telemetry>(given) ? given : telemetry(given)

const profilerOf = (given: ProfilerOptions<'profiler'> | Profiler): Profiler =>
  isMade<ProfilerOptions, Profiler>(given) ? given : profiler(given)

/**
 * The layers that most calls want, in an order that works: `requestId telemetry logging timing profiler cache tokenCount retry timeout`.
 * Without options: ids, one log line per call (pino on Node), timing, usage with estimates marked, 3 attempts, and the limits of
 * `timeout()`. Telemetry, profiler and cache join once they are given; until then `explain()` says how, in their place.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const watch = telemetry({ exporters: [consoleExporter()] })
 * const chat = pipeline(openai(), ...defaultStack({ telemetry: watch, cache: { scope: (call) => call.attributes.tenant ?? 'nobody' } }))
 */
export function defaultStack<TGiven extends keyof DefaultStackOptions = never>(
  options?: {
    readonly [K in TGiven]: Exclude<DefaultStackOptions[K], undefined>
  },
): DefaultStack<Extract<TGiven, Joining>>
/** The same with options of which the compiler cannot say whether they are given. */
export function defaultStack(options?: DefaultStackOptions): DefaultStack<never, Joining>
export function defaultStack(options: DefaultStackOptions = {}): DefaultStack<never, Joining> {
  const given = checkOptions<DefaultStackOptions, OptionRules<DefaultStackOptions>>('defaultStack', RULES, options)
  return [
    requestId(given.requestId),
    given.telemetry ? telemetryOf(given.telemetry) : placeFor.telemetry(),
    logging(given.logging),
    timing(given.timing),
    given.profiler ? profilerOf(given.profiler) : placeFor.profiler(),
    given.cache ? cache(given.cache) : placeFor.cache(),
    tokenCount(given.tokenCount),
    retry(given.retry),
    timeout(given.timeout),
  ]
}
