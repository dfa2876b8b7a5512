import { checkOptions, having, integer, type OptionRules, systemClock } from '@cepa/core'
import type { ClosableFetch, FetchInit, FetchResponse } from './fetch.ts'
import { type DispatchHandler, NodeExchange } from './node-exchange.ts'

/** An undici dispatcher, as far as it is used. */
export interface NodeDispatcher {
  dispatch(options: DispatchOptions, handler: DispatchHandler): unknown
  close(): Promise<void>
}

interface DispatchOptions {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
}

/** The limits of {@link createNodeFetch}, in milliseconds; 0 means none. */
export interface NodeFetchOptions {
  /** Longest time to connect. Default: 10,000. */
  readonly connectTimeoutMs?: number
  /** Longest wait for the response's headers. Default: 0, none. Node's own fetch has 300,000. */
  readonly headersTimeoutMs?: number
  /** Longest wait for the next piece of the response's body. Default: 0, none. Node's own fetch has 300,000. */
  readonly bodyTimeoutMs?: number
  /** A dispatcher of undici 7 to use instead (a proxy, a custom pool); it then sets the limits, and `close` leaves it open. */
  readonly dispatcher?: NodeDispatcher
}

const RULES = {
  connectTimeoutMs: integer({ min: 1, default: 10_000 }),
  headersTimeoutMs: integer({ min: 0, default: 0 }),
  bodyTimeoutMs: integer({ min: 0, default: 0 }),
  dispatcher: having<NodeDispatcher>('dispatch', 'close'),
} satisfies OptionRules<NodeFetchOptions>

/** How long `close` waits for requests that others still have running, in milliseconds. */
const CLOSE_WAIT_MS = 1_000

/** The answers are small pieces at long distances: compression is asked for as browsers do, and undone piece by piece. */
const DEFAULT_HEADERS = { 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'cepa' }

/**
 * A fetch over undici's client: no limit of 300 s for headers or between pieces, wire bytes counted before decompression, what
 * arrived before a broken connection delivered before the error. It does not follow redirects.
 *
 * @throws {OptionError} for an option that cannot be right.
 */
export function createNodeFetch(given?: NodeFetchOptions): ClosableFetch {
  const options = checkOptions<NodeFetchOptions, typeof RULES>('nodeFetch', RULES, given)
  let agent: Promise<NodeDispatcher> | undefined
  const fetchOver = async (url: string, init: FetchInit): Promise<FetchResponse> => {
    agent ??= options.dispatcher ? Promise.resolve(options.dispatcher) : createAgent(options)
    const dispatcher = await agent
    const { origin, pathname, search } = new URL(url)
    const exchange = new NodeExchange(init, options)
    const headers = { ...DEFAULT_HEADERS, ...init.headers }
    return exchange.run((handler) =>
      dispatcher.dispatch({ origin, path: pathname + search, method: init.method, headers, body: init.body }, handler),
    )
  }
  const close = async (): Promise<void> => {
    const closing = agent
    agent = undefined
    if (closing === undefined || options.dispatcher) return
    const closed = (await closing).close().catch(() => undefined)
    await Promise.race([closed, waitMs(CLOSE_WAIT_MS)])
  }
  return Object.assign(fetchOver, { close })
}

const waitMs = (delayMs: number): Promise<void> =>
  new Promise((resolve) => void systemClock.setTimer(delayMs, resolve, { background: true }))

async function createAgent(options: Required<Omit<NodeFetchOptions, 'dispatcher'>>): Promise<NodeDispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici')
  const limits = {
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
  }
  // Node's own fetch obeys HTTP_PROXY and its like only where this variable says so
  const made = process.env.NODE_USE_ENV_PROXY === '1' ? new EnvHttpProxyAgent(limits) : new Agent(limits)
  return made as unknown as NodeDispatcher
}
