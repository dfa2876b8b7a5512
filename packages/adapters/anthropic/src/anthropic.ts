import { type Adapter, type AdapterCall, type ChatRequest, type Feed, OptionError, Reply } from '@cepa/core'
import {
  type Exchange,
  type OutsideOptions,
  outsideCall,
  readAnswer,
  send,
  serverOf,
  withCorrections,
} from '@cepa/transport'
import { ANTHROPIC_HINTS } from './answer/error-hints.ts'
import { MessagesReducer } from './answer/messages-reducer.ts'
import { countBody, TokenCountReducer } from './answer/token-count.ts'
import { keyRing } from './credential.ts'
import { apiHeaders, identityOf } from './request/api-version.ts'
import { BodyCorrections } from './request/corrections.ts'
import { type Body, messagesBody } from './request/messages-body.ts'
import { type AnthropicOptions, type Settings, settingsOf } from './settings.ts'

/** Anthropic's adapter, with what it can be asked outside the onion. */
export interface AnthropicAdapter extends Adapter {
  /**
   * How many input tokens a request has, as the provider counts them. No layer sees this.
   *
   * @throws {ProviderError} when the provider refuses, or has no such thing (Bedrock has none).
   */
  countTokens(request: ChatRequest, options?: OutsideOptions): Promise<number>
}

/**
 * Anthropic: the Messages API, streamed and whole, also on Bedrock and Vertex by their clients.
 *
 * @throws {OptionError} for options that cannot be right, a missing key among them.
 *
 * @example
 * const chat = pipeline(anthropic({ apiKey }), retry())
 */
export function anthropic(options?: AnthropicOptions): AnthropicAdapter {
  const settings = settingsOf(options)
  const { name, carrier, data } = settings
  return {
    name,
    operations: ['chat'],
    identity: (request) => identityOf(request as ChatRequest, settings),
    server: serverOf(settings.baseUrl),
    data,
    handle: async (call) => Reply.from(await feedOf(call, settings)),
    countTokens: (request, outside) => countTokens(request, outside, settings),
    close: async () => carrier.close?.(),
  }
}

async function feedOf(call: AdapterCall, settings: Settings): Promise<Feed> {
  if (call.operation !== 'chat') throw onlyChat(settings.name)
  const { request } = call
  const stream = call.mode === 'stream'
  const { name, maxOutputTokens, limits } = settings
  const body = messagesBody(request, { provider: name, stream, maxOutputTokens })
  const exchange = await sendBody(call, settings, { path: '/v1/messages', body, stream })
  const reducer = new MessagesReducer(sourceOf(exchange))
  return readAnswer(exchange, { wire: stream ? 'sse' : 'json', reducer, ...limits })
}

async function countTokens(
  request: ChatRequest,
  outside: OutsideOptions | undefined,
  settings: Settings,
): Promise<number> {
  const { name, maxOutputTokens, limits } = settings
  const body = countBody(messagesBody(request, { provider: name, stream: false, maxOutputTokens }))
  const call = outsideCall(request, outside)
  const exchange = await sendBody(call, settings, { path: '/v1/messages/count_tokens', body, stream: false })
  const reducer = new TokenCountReducer(sourceOf(exchange))
  const feed = await readAnswer(exchange, { wire: 'json', reducer, ...limits })
  for (let event = await feed.pull(); event !== null; ) event = await feed.pull()
  return reducer.inputTokens
}

const sourceOf = (exchange: Exchange) => ({
  provider: exchange.provider,
  redact: exchange.redact,
  failure: (told: unknown) => exchange.failure(told),
})

interface Outgoing {
  readonly path: string
  readonly body: Body
  readonly stream: boolean
}

/** Bedrock and Vertex name their requests otherwise. */
const REQUEST_ID_HEADERS = ['request-id', 'x-request-id', 'x-amzn-requestid']

/** Sends, and again with a new key or without what the adapter chose and the model refuses, at most once for each reason. */
function sendBody(call: AdapterCall, settings: Settings, { path, body, stream }: Outgoing): Promise<Exchange> {
  const { name, baseUrl, carrier, headers, credential } = settings
  const request = call.request as ChatRequest
  const keys = keyRing(name, credential)
  const corrections = new BodyCorrections(body, request)
  return withCorrections(call, [keys.newKey, ...corrections.all], async (made) =>
    send({
      call,
      provider: name,
      carrier,
      baseUrl,
      path,
      headers: { ...apiHeaders(request, settings), ...headers, ...(await keys.headers()) },
      json: corrections.bodyAfter(made),
      stream,
      hints: ANTHROPIC_HINTS,
      requestIdHeaders: REQUEST_ID_HEADERS,
    }),
  )
}

const onlyChat = (provider: string): OptionError =>
  new OptionError({ owner: provider, field: 'operation', value: 'embed', remedy: 'Anthropic answers chat only' })
