import { type AbortSignal, systemClock } from '@cepa/core'
import type { Carrier, Delivery, Shipment } from './carrier.ts'
import type { FetchHeaders, FetchResponse } from './fetch.ts'
import { SDK_TIMEOUT_CODE } from './network-failure.ts'

/** How an SDK client is asked to post. */
export interface SdkRequestOptions {
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly stream: boolean
  /** The client's own retries are off: they would be attempts that nobody sees. */
  readonly maxRetries: 0
  /** Keeps the client from reading the answer. */
  readonly __binaryResponse: true
}

/**
 * The part of the `openai` and `@anthropic-ai/sdk` clients (Azure, Bedrock and Vertex among them) that is used: their raw-response
 * method. Base URL, key and cloud signing stay the client's.
 */
export interface SdkClient {
  // a method, so that clients whose options are typed more narrowly fit
  post(path: string, options: SdkRequestOptions): { asResponse(): Promise<FetchResponse> }
  readonly baseURL?: string
}

/** Where the clients keep what must never be shown. */
const SECRET_FIELDS = ['apiKey', 'authToken', 'accessToken', 'awsAccessKey', 'awsSecretKey', 'awsSessionToken'] as const

/**
 * Carries requests by a team's own SDK client. The client sends; Cepa reads the bytes.
 *
 * @example
 * const carrier = sdkCarrier(new OpenAI())
 */
export function sdkCarrier(client: SdkClient): Carrier {
  const fields = client as object as Readonly<Record<string, unknown>>
  return {
    carry: (shipment) => carryBy(client, shipment),
    secrets: SECRET_FIELDS.map((name) => fields[name]).filter((value) => typeof value === 'string'),
    ...(typeof client.baseURL === 'string' && { baseUrl: client.baseURL }),
  }
}

async function carryBy(client: SdkClient, { path, headers, json, stream, signal }: Shipment): Promise<Delivery> {
  const startedAt = systemClock.now()
  try {
    const options = { body: json, headers, signal, stream, maxRetries: 0, __binaryResponse: true } as const
    return { response: await client.post(path, options).asResponse() }
  } catch (error) {
    const delivery = deliveryOf(error)
    if (delivery) return delivery
    if (!isTimeout(error)) throw error
    throw metItsTimeout(client, systemClock.now() - startedAt) ? sdkTimeout() : foreignTimeout(error)
  }
}

/** The clients throw what is not a success, with the body read. */
function deliveryOf(error: unknown): Delivery | undefined {
  const { status, headers, error: body, message } = error as Readonly<Record<string, unknown>>
  if (typeof status !== 'number' || typeof (headers as Partial<FetchHeaders> | undefined)?.get !== 'function')
    return undefined
  const response: FetchResponse = { status, headers: headers as FetchHeaders, body: null }
  const text = typeof message === 'string' ? message.replace(/^\d{3} /, '') : ''
  return { response, errorBody: body ?? (text === 'status code (no body)' ? undefined : text) }
}

/** Both what the client's `timeout` ends, and what its fetch gave up by itself, where it tells no code of that. */
const isTimeout = (error: unknown): boolean => {
  const code = ((error as Error).cause as { cause?: { code?: unknown } } | undefined)?.cause?.code
  return (error as object).constructor.name === 'APIConnectionTimeoutError' && typeof code !== 'string'
}

/** The client's own limit cannot have been met before its time. */
const metItsTimeout = (client: SdkClient, elapsedMs: number): boolean => {
  const { timeout } = client as { timeout?: unknown }
  return typeof timeout !== 'number' || elapsedMs >= timeout * 0.9
}

/** What a client's own limit is told as; `networkError` words it. */
const sdkTimeout = (): Error => Object.assign(new Error('the SDK client timed out'), { code: SDK_TIMEOUT_CODE })

/** What a limit of the client's fetch is told as. */
const foreignTimeout = (cause: unknown): Error =>
  Object.assign(new Error('the fetch of the SDK client timed out', { cause }), { name: 'TimeoutError' })
