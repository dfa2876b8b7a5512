import {
  type Adapter,
  type AdapterCall,
  type AdapterServer,
  type ChatRequest,
  type EmbedRequest,
  type Feed,
  ProviderError,
  Reply,
} from '@cepa/core'
import type { Fault } from './faults.ts'
import { errorFor, networkError } from './reference-errors.ts'
import { ChatEvents } from './reference-events.ts'
import { SseFeed, WholeFeed } from './reference-feed.ts'
import { SseLines } from './reference-sse.ts'

/** What the reference adapter is made of; `faults` are the rules that it breaks. */
export interface ReferenceOptions {
  readonly baseUrl: string
  readonly key: string
  readonly faults: ReadonlySet<Fault>
}

/** A small adapter for Chat Completions that keeps the contract, but for the faults that it is told to have. */
export class ReferenceAdapter implements Adapter {
  readonly name = 'reference'
  readonly operations = ['chat', 'embed'] as const
  readonly server: AdapterServer
  readonly data: Readonly<Record<string, unknown>>
  readonly #options: ReferenceOptions
  readonly #shared: SseLines
  #closed = false

  constructor(options: ReferenceOptions) {
    this.#options = options
    this.#shared = new SseLines(options.faults)
    const { faults, baseUrl } = options
    const { hostname, port } = new URL(baseUrl)
    this.server = {
      serverAddress: faults.has('names another server') ? 'localhost' : hostname,
      serverPort: Number(port),
    }
    this.data = faults.has('data that is no data') ? { since: new Date(0) } : { baseUrl }
  }

  identity(): string {
    const { faults, baseUrl, key } = this.#options
    if (faults.has('identity with the key')) return `reference ${baseUrl} ${key}`
    if (faults.has('identity at random')) return `reference ${baseUrl} ${Math.random()}`
    return faults.has('identity without the base URL') ? 'reference' : `reference ${baseUrl}`
  }

  close(): void {
    if (this.#closed && this.#options.faults.has('close throws the second time')) throw new Error('closed')
    this.#closed = true
  }

  async handle(call: AdapterCall): Promise<Reply> {
    const { faults } = this.#options
    const startedAt = call.clock.now()
    const body = this.#body(call)
    const stop = new AbortController()
    let deaf = faults.has('ignores the signal')
    call.signal.addEventListener('abort', () => deaf || stop.abort(call.signal.reason), { once: true })
    let response = await this.#send(call, body, stop.signal)
    if (response.status >= 500 && faults.has('retries by itself')) response = await this.#send(call, body, stop.signal)
    if (faults.has('time to headers with the body')) response = await whole(response)
    this.#report(call, { response, body, startedAt })
    deaf ||= faults.has('goes on when it is left')
    if (!response.ok) throw await errorFor(response, this.#options, call.attempt)
    return this.#reply(call, response, stop)
  }

  #body(call: AdapterCall): string {
    const { faults, key } = this.#options
    const { providerOptions, ...request } = call.request as ChatRequest
    if (faults.has('changes the request')) (call.request as { model: string }).model = 'other'
    const options = faults.has('ignores providerOptions') ? {} : providerOptions
    const secret = faults.has('key in the body') ? { user: key } : {}
    if (call.operation === 'embed') return JSON.stringify({ ...(call.request as EmbedRequest), ...secret })
    const stream = call.mode === 'stream' ? { stream: true, stream_options: { include_usage: true } } : {}
    return JSON.stringify({ ...request, ...options, ...stream, ...secret })
  }

  async #send(call: AdapterCall, body: string, signal: AbortSignal): Promise<Response> {
    const { baseUrl, key, faults } = this.#options
    const extra = faults.has('ignores headers') ? {} : call.headers
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...extra }
    try {
      const path = call.operation === 'embed' ? 'embeddings' : 'chat/completions'
      return await fetch(`${baseUrl}/${path}`, { method: 'POST', headers, body, signal })
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw networkError(error, this.#options)
    }
  }

  #report(call: AdapterCall, of: { response: Response; body: string; startedAt: number }): void {
    const { faults, baseUrl } = this.#options
    if (faults.has('reports nothing')) return
    if (faults.has('reports nothing of refusals') && !of.response.ok) return
    const { hostname, port } = new URL(baseUrl)
    call.attempt.report({
      status: of.response.status,
      headersMs: faults.has('no time to headers') ? 0 : call.clock.now() - of.startedAt,
      bytesSent: faults.has('counts characters for bytes') ? of.body.length - 1 : Buffer.byteLength(of.body),
      serverAddress: hostname,
      serverPort: Number(port),
      providerRequestId: of.response.headers.get('x-request-id') ?? 'none',
      ...(!faults.has('no rate limits') && { rateLimit: rateLimitOf(of.response.headers) }),
    })
  }

  async #reply(call: AdapterCall, response: Response, stop: AbortController): Promise<Reply> {
    const { faults } = this.#options
    if (!/json|event-stream/.test(response.headers.get('content-type') ?? '')) {
      const kind = faults.has('calls a page a server error') ? 'server' : 'malformed'
      throw new ProviderError({ provider: this.name, kind, message: 'the answer is no JSON', status: 200 })
    }
    const lines = faults.has('mixes calls') ? this.#shared : new SseLines(faults)
    const context = { call, response, stop, lines, events: new ChatEvents(faults), options: this.#options }
    const feed: Feed = call.mode === 'stream' ? new SseFeed(context) : new WholeFeed(context)
    if (!faults.has('waits for the first event')) return Reply.from(feed)
    const first = await feed.pull()
    let given = false
    return Reply.from({
      close: (reason) => feed.close(reason),
      pull: () => {
        if (given) return feed.pull()
        given = true
        return first
      },
    })
  }
}

const PREFIX = 'x-ratelimit-'

const rateLimitOf = (headers: Headers): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...headers].flatMap(([name, value]) => (name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value]] : [])),
  )

/** The same answer once all of it has come. */
async function whole(response: Response): Promise<Response> {
  const { status, headers } = response
  return new Response(await response.arrayBuffer(), { status, headers })
}
