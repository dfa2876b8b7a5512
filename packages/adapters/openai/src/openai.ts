import { type Adapter, type AdapterCall, type ChatCall, type EmbedCall, type Feed, Reply } from '@cepa/core'
import { type Exchange, KeyRing, readAnswer, send, serverOf, withCorrections } from '@cepa/transport'
import { type Body, chatBody } from './chat-body.ts'
import { ChatReducer } from './chat-reducer.ts'
import { correctedBody, correctionsFor } from './corrections.ts'
import { EmbedReducer, embedBody } from './embed.ts'
import { OPENAI_HINTS } from './error-hints.ts'
import { type OpenaiOptions, type Settings, settingsOf } from './settings.ts'

/**
 * OpenAI, and servers that speak its language: Chat Completions, streamed and whole, and embeddings.
 *
 * @throws {OptionError} for options that cannot be right, a missing key among them.
 *
 * @example
 * const chat = pipeline(openai({ apiKey }), retry())
 */
export function openai(options?: OpenaiOptions): Adapter {
  const settings = settingsOf(options)
  const { name, baseUrl, carrier, data } = settings
  return {
    name,
    operations: ['chat', 'embed'],
    identity: () => `${name} ${baseUrl}`,
    server: serverOf(baseUrl),
    data,
    handle: async (call) =>
      Reply.from(await (call.operation === 'chat' ? chatFeed(call, settings) : embedFeed(call, settings))),
    close: async () => carrier.close?.(),
  }
}

async function chatFeed(call: ChatCall & AdapterCall, settings: Settings): Promise<Feed> {
  const { request } = call
  const stream = call.mode === 'stream'
  const body = chatBody(request, { provider: settings.name, stream, streamUsage: settings.streamUsage })
  const candidates = typeof body.n === 'number' ? body.n : 1
  const exchange = await sendBody(call, settings, {
    path: '/chat/completions',
    body,
    stream,
    apiType: 'chat_completions',
  })
  const fingerprint = (systemFingerprint: string) => call.attempt.report({ systemFingerprint })
  const reducer = new ChatReducer({ ...sourceOf(exchange), fingerprint, candidates })
  return readAnswer(exchange, { wire: stream ? 'sse' : 'json', reducer, ...settings.limits })
}

async function embedFeed(call: EmbedCall & AdapterCall, settings: Settings): Promise<Feed> {
  const { request } = call
  const exchange = await sendBody(call, settings, { path: '/embeddings', body: embedBody(request), stream: false })
  const reducer = new EmbedReducer(sourceOf(exchange), request.input.length)
  return readAnswer(exchange, { wire: 'json', reducer, ...settings.limits })
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
  /** What OpenAI's interface is called that is asked, where there are several. */
  readonly apiType?: string
}

/** Sends, and again with a new key or without a field that the server refuses, at most once for each reason. */
function sendBody(call: AdapterCall, settings: Settings, { path, body, stream, apiType }: Outgoing): Promise<Exchange> {
  const { name, baseUrl, carrier, headers, apiKey } = settings
  const keys = new KeyRing({ provider: name, source: apiKey, headers: (key) => ({ authorization: `Bearer ${key}` }) })
  const corrections = [keys.newKey, ...correctionsFor(body, call.request.providerOptions)]
  return withCorrections(call, corrections, async (made) => {
    if (apiType !== undefined) call.attempt.report({ apiType })
    return send({
      call,
      provider: name,
      carrier,
      baseUrl,
      path,
      headers: { ...headers, ...(await keys.headers()) },
      json: correctedBody(body, made),
      stream,
      hints: OPENAI_HINTS,
    })
  })
}
