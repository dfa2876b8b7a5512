import type { AdapterCall, ProviderError } from '@cepa/core'
import type { Carrier, Delivery } from './carrier.ts'
import type { ErrorHint } from './error-hints.ts'
import { Exchange } from './exchange.ts'
import { abortReason, Line } from './line.ts'
import { isUnsent, networkError } from './network-failure.ts'
import { outgoingBytes, outgoingHeaders } from './outgoing.ts'
import { serverOf } from './platform.ts'
import { rateLimitOf } from './rate-limit.ts'
import { readErrorBody } from './read-error-body.ts'
import { type Redact, redactor } from './redact.ts'

/** A request to send. */
export interface SendOptions {
  readonly call: AdapterCall
  /** The provider's name, for errors. */
  readonly provider: string
  readonly carrier: Carrier
  /** The provider's base URL; unused where the carrier has one of its own. */
  readonly baseUrl: string
  /** The address below the base URL, beginning with `/`. */
  readonly path: string
  /** The adapter's headers, key included; the call's own are added, and win. */
  readonly headers: Readonly<Record<string, string>>
  readonly json: unknown
  /** Whether the answer is asked for as a stream. */
  readonly stream: boolean
  /** The provider's own table of errors, asked before the common one. */
  readonly hints?: readonly ErrorHint[]
  /** Headers that may hold the provider's id of the request, first found wins. Default: `x-request-id`, `request-id`. */
  readonly requestIdHeaders?: readonly string[]
}

/**
 * Sends a request and resolves once success headers arrived. Reports what it learns of the attempt: status, server, request id,
 * time to headers, bytes, rate limits.
 *
 * @throws {ProviderError} for any other status, and when the provider could not be reached.
 * @throws {OptionError} when a header or the body cannot be sent.
 * @throws the signal's reason when the call is aborted.
 *
 * @example
 * const exchange = await send({ call, provider: 'openai', carrier, baseUrl, path: '/chat/completions', headers, json, stream: true })
 */
export async function send(options: SendOptions): Promise<Exchange> {
  const { call, provider, carrier } = options
  const headers = outgoingHeaders(call, provider, options.headers)
  const bytes = outgoingBytes(provider, options.json)
  const baseUrl = (carrier.baseUrl ?? options.baseUrl).replace(/\/+$/, '')
  const line = new Line(call)
  const sending: Sending = {
    options,
    line,
    server: serverOf(baseUrl),
    redact: redactor([...Object.values(headers).flatMap(withWords), ...(carrier.secrets ?? [])]),
    bytesSent: bytes.length,
    startedAt: call.clock.now(),
  }
  call.attempt.report(sending.server)
  const { path, json, stream } = options
  // an abort before the headers takes back nothing of what went out
  const sent = (): void => call.attempt.report({ bytesSent: bytes.length })
  const shipment = { url: baseUrl + path, path, headers, json, bytes, stream, signal: line.signal, sent }
  const delivery = await line.carry(carrier, shipment).catch((error: unknown) => {
    throw carryError(sending, error)
  })
  const exchange = exchangeOf(sending, delivery)
  const { status } = delivery.response
  if (status >= 200 && status < 300) return exchange
  throw await statusError(exchange, delivery)
}

/** A value and its words: servers quote the key without its `Bearer`. */
const withWords = (value: string): string[] => [value, ...value.split(/\s+/)]

interface Sending {
  readonly options: SendOptions
  readonly line: Line
  readonly server: { readonly serverAddress?: string; readonly serverPort?: number }
  readonly redact: Redact
  readonly bytesSent: number
  readonly startedAt: number
}

function carryError({ options, line, server, redact, bytesSent, startedAt }: Sending, error: unknown): unknown {
  const { call, provider } = options
  line.unlisten()
  if (call.signal.aborted) return abortReason(call)
  if (!isUnsent(error)) call.attempt.report({ bytesSent })
  return networkError({
    provider,
    error,
    redact,
    phase: 'headers',
    elapsedMs: call.clock.now() - startedAt,
    ...(server.serverAddress !== undefined && { server: `${server.serverAddress}:${server.serverPort}` }),
  })
}

const REQUEST_ID_HEADERS = ['x-request-id', 'request-id']

/** Reports what the headers say, and holds on to the body. */
function exchangeOf({ options, line, redact, bytesSent, startedAt }: Sending, { response }: Delivery): Exchange {
  const { call, provider, hints, requestIdHeaders = REQUEST_ID_HEADERS } = options
  const { status, headers } = response
  const providerRequestId = requestIdHeaders
    .map((name) => headers.get(name))
    .find((value) => value !== null && value !== '')
  const rateLimit = rateLimitOf(headers)
  call.attempt.report({
    status,
    bytesSent,
    headersMs: call.clock.now() - startedAt,
    ...(typeof providerRequestId === 'string' && { providerRequestId }),
    ...(rateLimit && { rateLimit }),
  })
  const exchange = new Exchange({
    line,
    call,
    provider,
    response,
    redact,
    hints: hints ?? [],
    ...(typeof providerRequestId === 'string' && { providerRequestId }),
  })
  line.onAbort = (reason) => exchange.close(reason)
  return exchange
}

async function statusError(exchange: Exchange, { response, errorBody }: Delivery): Promise<ProviderError | Error> {
  const body = errorBody ?? (await readErrorBody(exchange))
  exchange.close()
  return exchange.call.signal.aborted ? abortReason(exchange.call) : exchange.failure(body, response.status)
}
