import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the server saw it. */
export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
  /** Whether its connection has been closed. */
  closed: boolean
}

/** One scripted answer. */
export type Answer = (response: ServerResponse, seen: SeenRequest) => void

/** A server on the loopback interface that gives its answers in turn, the last one again and again. */
export interface OpenaiServer {
  readonly baseUrl: string
  readonly seen: readonly SeenRequest[]
  answer(...answers: readonly Answer[]): void
  close(): Promise<void>
}

/** Starts it. */
export async function openaiServer(): Promise<OpenaiServer> {
  let seen: SeenRequest[] = []
  let script: readonly Answer[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
    const entry: SeenRequest = { path: request.url ?? '', headers: request.headers, body, closed: false }
    request.socket.once('close', () => {
      entry.closed = true
    })
    seen.push(entry)
    script[Math.min(seen.length, script.length) - 1]?.(response, entry)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get seen() {
      return seen
    },
    answer: (...answers) => {
      script = answers
      seen = []
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Chunks of a stream as its text. */
export const sse = (...chunks: readonly (object | string)[]): string =>
  chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('')

/** A chunk with one candidate. */
export const chunk = (delta: object, finish: string | null = null, more: object = {}): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'gpt-5-2026-01-01',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  usage: null,
  ...more,
})

/** A usage as the provider sends it. */
export const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 4,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
}

/** Answers with a stream that is complete. */
export const streaming =
  (text: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
    response.end(text)
  }

/** Answers with JSON. */
export const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }

/** A whole answer. */
export const completion = (message: object, finish = 'stop', more: object = {}): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-5-2026-01-01',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', refusal: null, annotations: [], ...message },
      logprobs: null,
      finish_reason: finish,
    },
  ],
  usage: USAGE,
  service_tier: 'default',
  ...more,
})

/** A short stream that says hello. */
export const HELLO: string = sse(
  chunk({ role: 'assistant', content: '', refusal: null }),
  chunk({ content: 'Hel' }),
  chunk({ content: 'lo' }),
  chunk({}, 'stop'),
  { ...chunk({}), choices: [], usage: USAGE },
  '[DONE]',
)

/** Resolves once a condition holds; checked as often as the event loop turns. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
