import type { Reply } from '@cepa/core'
import { SSE_HEADERS, type SseOptions, sseMessages } from './sse.ts'

/** The part of Node's `ServerResponse` that is used; Express, Fastify's `reply.raw` and Koa's `ctx.res` have it too. */
export interface ResponseStream {
  readonly headersSent: boolean
  readonly destroyed: boolean
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  write(chunk: string): boolean
  end(): unknown
  once(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** Waits until the response takes more, or is gone. */
const drained = (response: ResponseStream): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle)
      response.off('close', settle)
      resolve()
    }
    response.once('drain', settle)
    response.once('close', settle)
    if (response.destroyed) settle()
  })

/**
 * Streams an answer to a browser as server-sent events through a Node response, and resolves when the response has ended or the
 * browser has left. Waits where the browser is slow. When the browser leaves, the reply is left too: the provider's connection closes,
 * and the call ends `abandoned` with the usage that it had.
 *
 * @example
 * createServer(async (request, response) => pipeTo(await chat(await bodyOf(request)), response))
 */
export async function pipeTo(reply: Reply, response: ResponseStream, options: SseOptions = {}): Promise<void> {
  const onClose = () => void reply.cancel('the browser left')
  response.once('close', onClose)
  if (response.destroyed) onClose()
  try {
    if (!response.headersSent) response.writeHead(200, SSE_HEADERS)
    for await (const message of sseMessages(reply, options)) {
      if (response.destroyed) break
      if (!response.write(message)) await drained(response)
    }
  } finally {
    response.off('close', onClose)
    if (!response.destroyed) response.end()
  }
}
