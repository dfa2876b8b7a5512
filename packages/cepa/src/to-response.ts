import type { Reply } from '@cepa/core'
import { SSE_HEADERS, type SseOptions, sseMessages } from './sse.ts'

/** The runtime's own `Response` type where one is declared. */
export type WebResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : object

interface StreamController {
  enqueue(chunk: Uint8Array): void
  close(): void
}

interface WebPlatform {
  readonly ReadableStream: new (
    source: { pull(controller: StreamController): Promise<void>; cancel(reason: unknown): Promise<void> },
    strategy: { readonly highWaterMark: number },
  ) => object
  readonly Response: new (
    body: object,
    init: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  ) => object
  readonly TextEncoder: new () => { encode(text: string): Uint8Array }
}

/**
 * Streams an answer to a browser as server-sent events, for any server that answers with a web `Response`. Events are read as fast as
 * the browser takes them. When the browser leaves, the reply is left too: the provider's connection closes, and the call ends
 * `abandoned` with the usage that it had.
 *
 * @example
 * export default { fetch: async (request) => toResponse(await chat(await request.json(), { signal: request.signal })) }
 */
export function toResponse(
  reply: Reply,
  options: SseOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
): WebResponse {
  const { ReadableStream, Response, TextEncoder } = globalThis as unknown as WebPlatform
  const encoder = new TextEncoder()
  const messages = sseMessages(reply, options)
  const body = new ReadableStream(
    {
      async pull(controller) {
        const next = await messages.next()
        if (next.done) controller.close()
        else controller.enqueue(encoder.encode(next.value))
      },
      cancel: (reason) => reply.cancel(reason),
    },
    // nothing is read ahead of the browser
    { highWaterMark: 0 },
  )
  return new Response(body, { status: 200, headers: { ...SSE_HEADERS, ...options.headers } }) as WebResponse
}
