import { func, type OptionRules, type StreamEvent } from '@cepa/core'
import { withBytesAsText } from './bytes-as-text.ts'
import type { Visit } from './visit.ts'

/** What a browser is sent of an answer. */
export interface SseOptions {
  /**
   * What is sent for an event; `undefined` sends nothing. Default: the event without `at`, and no `raw` events, which may hold what the
   * provider did not mean for browsers. Bytes in it are sent as base64.
   */
  readonly map?: (event: StreamEvent) => unknown
  /** What is sent when the answer fails. Default: the error's `code` and `kind`, never its message. */
  readonly mapError?: (error: unknown) => unknown
}

/** The rules of {@link SseOptions}. */
export const SSE_RULES: OptionRules<SseOptions> = {
  map: func<(event: StreamEvent) => unknown>(),
  mapError: func<(error: unknown) => unknown>(),
}

/** Headers of a stream of server-sent events that no proxy may hold back. Names are in lower case. */
export const SSE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

const withoutTime = (event: StreamEvent): unknown => {
  if (event.type === 'raw') return undefined
  const { at: _at, ...rest } = event
  return rest
}

const safeError = (error: unknown): unknown => {
  const { code, kind } = error as { readonly code?: unknown; readonly kind?: unknown }
  return { code: code ?? 'CEPA_UNKNOWN', ...(kind !== undefined && { kind }) }
}

const message = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data, withBytesAsText)}\n\n`

/**
 * An answer as the text of server-sent events, one message for each event, named by its type. A failed answer ends with a message
 * `error`; one that its browser left ends.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* sseMessages(visit: Visit, options: SseOptions): AsyncGenerator<string, void> {
  const { map = withoutTime, mapError = safeError } = options
  try {
    const reply = await visit.reply()
    if (reply === undefined) return
    for await (const event of reply) {
      const data = map(event)
      if (data !== undefined) yield message(event.type, data)
    }
  } catch (error) {
    yield message('error', mapError(error))
  }
}
