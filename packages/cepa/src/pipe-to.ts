import { checkOptions } from '@cepa/core'
import { SSE_HEADERS, SSE_RULES, type SseOptions, sseMessages } from './sse.ts'
import { type ReplySource, Visit } from './visit.ts'

/** The part of Node's `ServerResponse` that is used; Express, Fastify's `reply.raw` and Koa's `ctx.res` have it too. */
export interface ResponseStream {
  readonly headersSent: boolean
  readonly destroyed: boolean
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  flushHeaders?(): void
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
 * browser has left. Waits where the browser is slow. When the browser leaves, the call is left too: the provider's connection closes,
 * and the call ends with the usage that it had, `abandoned`, or `aborted` where there was no reply yet.
 *
 * Give it a function, and a browser that leaves before the first token ends the call as well; what the call then fails with is told to
 * the browser by a message `error`. Give it a reply, and what refuses the call is yours to answer, with a status of your own.
 *
 * @throws {OptionError} (rejects) for an answer or options that cannot be right.
 *
 * @example
 * createServer((_request, response) => void pipeTo((signal) => chat(request, { signal }), response))
 */
export async function pipeTo(answer: ReplySource, response: ResponseStream, options: SseOptions = {}): Promise<void> {
  checkOptions('pipeTo', SSE_RULES, options)
  const visit = new Visit('pipeTo', answer)
  const onClose = () => void visit.leave('the browser left')
  response.once('close', onClose)
  if (response.destroyed) onClose()
  try {
    if (!response.headersSent) response.writeHead(200, SSE_HEADERS)
    // a browser need not wait for the first token to know that it is answered
    if (!response.destroyed) response.flushHeaders?.()
    for await (const message of sseMessages(visit, options)) {
      if (response.destroyed) break
      if (!response.write(message)) await drained(response)
    }
  } finally {
    response.off('close', onClose)
    if (!response.destroyed) response.end()
  }
}
