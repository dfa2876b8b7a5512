import { checkOptions, type OptionRules, record, text } from '@cepa/core'
import { SSE_HEADERS, SSE_RULES, type SseOptions, sseMessages } from './sse.ts'
import { type ReplySource, Visit } from './visit.ts'

/** The runtime's own `Response` type where one is declared. */
export type WebResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : object

/** What {@link toResponse} takes beside an answer. */
export interface ToResponseOptions extends SseOptions {
  /** Further response headers; they replace those of the stream that have the same name. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
}

const RULES: OptionRules<ToResponseOptions> = { ...SSE_RULES, headers: record({ ...text(), secret: true }) }

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

/** Names of headers have no case; as keys of an object they would, and both values would be sent. */
const lowerCased = (headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/**
 * Streams an answer to a browser as server-sent events, for any server that answers with a web `Response`. Events are read as fast as
 * the browser takes them. When the browser leaves, the call is left too: the provider's connection closes, and the call ends with the
 * usage that it had, `abandoned`, or `aborted` where there was no reply yet.
 *
 * Give it a function, and a browser that leaves before the first token ends the call as well; what the call then fails with is told to
 * the browser by a message `error`. Give it a reply, and what refuses the call is yours to answer, with a status of your own.
 *
 * @throws {OptionError} for an answer or options that cannot be right.
 *
 * @example
 * export default { fetch: () => toResponse((signal) => chat(request, { signal })) }
 */
export function toResponse(answer: ReplySource, options: ToResponseOptions = {}): WebResponse {
  const { headers } = checkOptions('toResponse', RULES, options)
  const visit = new Visit('toResponse', answer)
  const { ReadableStream, Response, TextEncoder } = globalThis as unknown as WebPlatform
  const encoder = new TextEncoder()
  const messages = sseMessages(visit, options)
  const body = new ReadableStream(
    {
      async pull(controller) {
        const next = await messages.next()
        if (next.done) controller.close()
        else controller.enqueue(encoder.encode(next.value))
      },
      cancel: (reason) => visit.leave(reason ?? 'the browser left'),
    },
    // nothing is read ahead of the browser
    { highWaterMark: 0 },
  )
  return new Response(body, { status: 200, headers: { ...SSE_HEADERS, ...lowerCased(headers) } }) as WebResponse
}
