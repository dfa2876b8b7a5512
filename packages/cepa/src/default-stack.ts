import { type Middleware, middleware } from '@cepa/core'
import { type Cache, type CacheOptions, cache } from '@cepa/middleware-cache'
import type { LoggingOptions } from '@cepa/middleware-logging'
import { type RequestIdOptions, requestId } from '@cepa/middleware-request-id'
import { type RetryOptions, retry } from '@cepa/middleware-retry'
import { type TimeoutOptions, timeout } from '@cepa/middleware-timeout'
import { type TimingOptions, timing } from '@cepa/middleware-timing'
import { type TokenCountOptions, tokenCount } from '@cepa/middleware-token-count'
import { logging } from './logging.ts'

/** Options of each layer of {@link defaultStack}, under the layer's name. */
export interface DefaultStackOptions {
  readonly requestId?: RequestIdOptions
  readonly logging?: LoggingOptions
  readonly timing?: TimingOptions
  /** Answers are cached as soon as it is said whose answers may be shared. Default: no cache. */
  readonly cache?: CacheOptions
  readonly tokenCount?: TokenCountOptions
  readonly retry?: RetryOptions
  readonly timeout?: TimeoutOptions
}

/** A cache that is not there, so that `explain()` can say how to have it. It has no hooks, and costs nothing. */
type NoCache = Middleware<'cache'>

/** The layers of {@link defaultStack}, outermost first. */
export type DefaultStack = readonly [
  ReturnType<typeof requestId>,
  ReturnType<typeof logging<'logging'>>,
  ReturnType<typeof timing<'timing'>>,
  Cache<'cache'> | NoCache,
  ReturnType<typeof tokenCount>,
  ReturnType<typeof retry>,
  ReturnType<typeof timeout<'timeout'>>,
]

const noCache = (): NoCache =>
  middleware({
    name: 'cache',
    data: { off: 'say whose answers may be shared to have it: defaultStack({ cache: { scope } })' },
  })

/**
 * The layers that most calls want, in an order that works: `requestId logging timing cache tokenCount retry timeout`. Without options:
 * ids, one log line per call (pino on Node), timing, usage with estimates marked, 3 attempts, and the limits of `timeout()`. The cache
 * is off until its `scope` is stated.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), ...defaultStack({ cache: { scope: (call) => call.attributes.tenant ?? 'nobody' } }))
 */
export function defaultStack(options: DefaultStackOptions = {}): DefaultStack {
  return [
    requestId(options.requestId),
    logging(options.logging as LoggingOptions<'logging'>),
    timing(options.timing as TimingOptions<'timing'>),
    options.cache ? cache(options.cache as CacheOptions<'cache'>) : noCache(),
    tokenCount(options.tokenCount),
    retry(options.retry),
    timeout(options.timeout as TimeoutOptions<'timeout'>),
  ]
}
