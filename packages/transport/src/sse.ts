import { createParser } from 'eventsource-parser'
import { encodeText, platform } from './platform.ts'
import { tooLarge, type WireMessage, type WireParser } from './wire.ts'

/** The limits of a wire's messages. */
export interface WireLimits {
  readonly provider: string
  /** Most bytes that one message may have. Default: {@link MAX_EVENT_BYTES}. */
  readonly maxEventBytes?: number
}

/** The default of `maxEventBytes`: 16 MiB. */
export const MAX_EVENT_BYTES: number = 16_777_216

/** Most bytes that a UTF-16 code unit takes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3

/**
 * The parser of server-sent events, over `eventsource-parser`. Bytes may be split anywhere; comments, unknown fields and events
 * without data tell nothing; a last event without its blank line is told as `tail`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * @example
 * const parser = sseParser({ provider: 'openai' })
 * parser.push(bytes, (message) => console.log(message.text))
 */
export function sseParser({ provider, maxEventBytes = MAX_EVENT_BYTES }: WireLimits): WireParser {
  const decoder = new platform.TextDecoder()
  let tell: (message: WireMessage) => void = () => undefined
  let tail = false
  const fail = (): never => {
    throw tooLarge(provider, 'an event', `maxEventBytes (${maxEventBytes})`)
  }
  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent: ({ event, data }) => {
      if (data.length * MAX_BYTES_PER_UNIT > maxEventBytes && encodeText(data).length > maxEventBytes) fail()
      if (data !== '') tell({ text: data, ...(event !== undefined && { event }), ...(tail && { tail }) })
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') fail()
    },
  })
  return {
    push(bytes, teller) {
      tell = teller
      parser.feed(decoder.decode(bytes, { stream: true }))
    },
    end(teller) {
      tell = teller
      tail = true
      parser.feed(`${decoder.decode()}\n\n`)
    },
  }
}
