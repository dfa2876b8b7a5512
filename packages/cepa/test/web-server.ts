// A web server of ours with browsers before it, over real sockets: what streams an answer is tested through both of its ways.
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { pipeTo, type ReplySource, type SseOptions, toResponse } from '../src/index.ts'

/** Answers a browser. */
export type Way = (source: ReplySource, response: ServerResponse, options?: SseOptions) => void

/** As the servers do that answer with a web `Response`: they read its body as fast as the socket takes it. */
const viaResponse: Way = (source, response, options) => {
  const web = toResponse(source, options)
  response.writeHead(web.status, Object.fromEntries(web.headers)).flushHeaders()
  const body = Readable.fromWeb(web.body as ReadableStream)
  body.on('error', () => undefined)
  response.once('close', () => body.destroy())
  body.pipe(response)
}

export const WAYS: readonly (readonly [string, Way])[] = [
  ['pipeTo', (source, response, options) => void pipeTo(source, response, options)],
  ['toResponse', viaResponse],
]

/** A web server on loopback that answers every request by `answer`. */
export async function serve(answer: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A browser that has the headers of its answer. */
export async function browse({ port }: { readonly port: number }): Promise<IncomingMessage> {
  const sent = httpRequest({ port, host: '127.0.0.1' }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response.setEncoding('utf8')
}

/** Reads to the end. */
export async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of response) body += chunk
  return body
}

/** Reads until a text has come. */
export const readUntil = (response: IncomingMessage, text: string): Promise<void> =>
  new Promise((resolve) => {
    let body = ''
    response.on('data', (chunk) => {
      body += chunk
      if (body.includes(text)) resolve()
    })
  })
