import type { AbortSignal } from '@cepa/core'
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

/**
 * Carries requests by a team's own SDK client. The client sends; Cepa reads the bytes.
 *
 * @example
 * const carrier = sdkCarrier(new OpenAI())
 */
export function sdkCarrier(client: SdkClient): Carrier {
  const { apiKey, authToken } = client as { apiKey?: unknown; authToken?: unknown }
  return {
    carry: (shipment) => carryBy(client, shipment),
    secrets: [apiKey, authToken].filter((value) => typeof value === 'string'),
    ...(typeof client.baseURL === 'string' && { baseUrl: client.baseURL }),
  }
}

async function carryBy(client: SdkClient, { path, headers, json, stream, signal }: Shipment): Promise<Delivery> {
  try {
    const options = { body: json, headers, signal, stream, maxRetries: 0, __binaryResponse: true } as const
    return { response: await client.post(path, options).asResponse() }
  } catch (error) {
    const delivery = deliveryOf(error)
    if (delivery) return delivery
    throw isOwnTimeout(error) ? sdkTimeout() : error
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

/** The client's `timeout` aborts its fetch without a code: known by the name of its error, and by having no cause with a code. */
const isOwnTimeout = (error: unknown): boolean => {
  const code = ((error as Error).cause as { cause?: { code?: unknown } } | undefined)?.cause?.code
  return (error as object).constructor.name === 'APIConnectionTimeoutError' && typeof code !== 'string'
}

/** What a client's own limit is told as; `networkError` words it. */
const sdkTimeout = (): Error => Object.assign(new Error('the SDK client timed out'), { code: SDK_TIMEOUT_CODE })
