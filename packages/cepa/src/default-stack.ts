import { type Middleware, middleware } from '@cepa/core'
import { type Cache, type CacheOptions, cache } from '@cepa/middleware-cache'
import type { LoggingOptions } from '@cepa/middleware-logging'
import { type RequestIdOptions, requestId } from '@cepa/middleware-request-id'
import { type RetryOptions, retry } from '@cepa/middleware-retry'
import type { Telemetry, TelemetryOptions } from '@cepa/middleware-telemetry'
import { type TimeoutOptions, timeout } from '@cepa/middleware-timeout'
import { type TimingOptions, timing } from '@cepa/middleware-timing'
import { type TokenCountOptions, tokenCount } from '@cepa/middleware-token-count'
import { logging } from './logging.ts'
import { telemetry } from './telemetry.ts'

/** Options of each layer of {@link defaultStack}, under the layer's name. */
export interface DefaultStackOptions {
  readonly requestId?: RequestIdOptions
  /**
   * Records are made as soon as it is said where they go: options, or a `telemetry()` that other stacks share and whose controls
   * (`metrics`, `flush`, …) are wanted. Default: no telemetry.
   */
  readonly telemetry?: TelemetryOptions | Telemetry
  readonly logging?: LoggingOptions
  readonly timing?: TimingOptions
  /** Answers are cached as soon as it is said whose answers may be shared. Default: no cache. */
  readonly cache?: CacheOptions
  readonly tokenCount?: TokenCountOptions
  readonly retry?: RetryOptions
  readonly timeout?: TimeoutOptions
}

/** A layer that is not there, so that `explain()` can say how to have it. It has no hooks, and costs nothing. */
type Absent<TName extends string> = Middleware<TName>

/** The layers of {@link defaultStack}, outermost first. */
export type DefaultStack = readonly [
  ReturnType<typeof requestId>,
  Telemetry | Absent<'telemetry'>,
  ReturnType<typeof logging<'logging'>>,
  ReturnType<typeof timing<'timing'>>,
  Cache<'cache'> | Absent<'cache'>,
  ReturnType<typeof tokenCount>,
  ReturnType<typeof retry>,
  ReturnType<typeof timeout<'timeout'>>,
]

const absent = <const TName extends string>(name: TName, off: string): Absent<TName> =>
  middleware({ name, data: { off } })

const noCache = (): Absent<'cache'> =>
  absent('cache', 'say whose answers may be shared to have it: defaultStack({ cache: { scope } })')

const noTelemetry = (): Absent<'telemetry'> =>
  absent('telemetry', 'say where records go to have it: defaultStack({ telemetry: { exporters } })')

const isTelemetry = (given: TelemetryOptions | Telemetry): given is Telemetry => 'flush' in given

const telemetryOf = (given: TelemetryOptions | Telemetry): Telemetry =>
  isTelemetry(given) ? given : telemetry(given as TelemetryOptions<'telemetry'>)

/**
 * The layers that most calls want, in an order that works: `requestId telemetry logging timing cache tokenCount retry timeout`. Without
 * options: ids, one log line per call (pino on Node), timing, usage with estimates marked, 3 attempts, and the limits of `timeout()`.
 * Telemetry is off until it is said where records go, the cache until its `scope` is stated.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const watch = telemetry({ exporters: [consoleExporter()] })
 * const chat = pipeline(openai(), ...defaultStack({ telemetry: watch, cache: { scope: (call) => call.attributes.tenant ?? 'nobody' } }))
 */
export function defaultStack(options: DefaultStackOptions = {}): DefaultStack {
  return [
    requestId(options.requestId),
    options.telemetry ? telemetryOf(options.telemetry) : noTelemetry(),
    logging(options.logging as LoggingOptions<'logging'>),
    timing(options.timing as TimingOptions<'timing'>),
    options.cache ? cache(options.cache as CacheOptions<'cache'>) : noCache(),
    tokenCount(options.tokenCount),
    retry(options.retry),
    timeout(options.timeout as TimeoutOptions<'timeout'>),
  ]
}
