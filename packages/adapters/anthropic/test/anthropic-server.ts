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
export type Answer = (response: ServerResponse) => void

/** A server on the loopback interface that gives its answers in turn, the last one again and again. */
export interface AnthropicServer {
  readonly baseUrl: string
  readonly seen: readonly SeenRequest[]
  answer(...answers: readonly Answer[]): void
  close(): Promise<void>
}

/** Starts it. */
export async function anthropicServer(): Promise<AnthropicServer> {
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
    script[Math.min(seen.length, script.length) - 1]?.(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

/** Answers with a stream that is complete. */
export const streaming =
  (text: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers })
    response.end(text)
  }

/** Answers with the beginning of a stream that does not end. */
export const endless =
  (text: string): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    response.write(text)
  }

/** Answers with JSON. */
export const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }

/** An error in Anthropic's form. */
export const refusal = (status: number, error: { type: string; message: string; details?: object }): Answer =>
  json(status, { type: 'error', error, request_id: 'req_1' })

/** Resolves once a condition holds; checked as often as the event loop turns. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
