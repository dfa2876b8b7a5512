import { ProviderError, type StreamEvent } from '@cepa/core'
import { cutText } from './excerpt.ts'
import { type Redact, redactor } from './redact.ts'

/** One message of a wire: the data of a server-sent event, a line of NDJSON, or a whole body. */
export interface WireMessage {
  /** The name of a server-sent event, where it has one. */
  readonly event?: string
  readonly text: string
  /** It stood at the end of the bytes without its terminator, and may be cut. */
  readonly tail?: boolean
  /** It is the whole body: no other message will come. */
  readonly whole?: boolean
}

/** Bytes → messages: a pure state machine. It throws a `ProviderError` for what is larger than its limit. */
export interface WireParser {
  /** Takes bytes, split anywhere, and tells the messages that they complete. */
  push(bytes: Uint8Array, tell: (message: WireMessage) => void): void
  /** No more bytes will come: tells what stands there without its terminator. */
  end(tell: (message: WireMessage) => void): void
}

/**
 * How far an answer is. `open`: its finish was not seen. `finished`: it was, and more may follow (usage, a closing mark).
 * `closed`: nothing can follow.
 */
export type Progress = 'open' | 'finished' | 'closed'

/** An adapter's reading of its wire, messages → events: a pure state machine. */
export interface Reducer {
  /** What counts as the finish is the adapter's to say. */
  readonly progress: Progress
  /**
   * Appends the events of a message to `out`. `at` is the time of the network read.
   *
   * @throws {ProviderError} when the message is an error, or makes no sense. What is in `out` still comes first.
   */
  take(message: WireMessage, at: number, out: StreamEvent[]): void
  /** Appends the last events, `end` among them. Called once, when nothing more will come and the finish was seen. */
  finish(at: number, out: StreamEvent[]): void
}

/**
 * The JSON of a message. `source` is the exchange that it came by, or as much of it as is known.
 *
 * @throws {ProviderError} of kind `truncated` when the text was cut, `malformed` when it is no JSON.
 *
 * @example
 * jsonOf({ text: '{"a":1}' }, { provider: 'openai' }) // → { a: 1 }
 */
export function jsonOf(message: WireMessage, source: { readonly provider: string; readonly redact?: Redact }): unknown {
  try {
    return JSON.parse(message.text)
  } catch {
    // the engine's own message quotes the text, secrets and all
    const cut = isCut(message.text)
    const { provider, redact = redactor([]) } = source
    const shown = cutText(redact(message.text), 120)
    throw new ProviderError({
      provider,
      kind: cut ? 'truncated' : 'malformed',
      message: `${provider} sent ${cut ? 'JSON that is cut' : 'no JSON'} (${message.text.length} characters): "${shown}"`,
    })
  }
}

/** Whether a text begins as JSON and stops before its brackets or strings are closed. */
function isCut(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  let depth = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (quoted) {
      if (character === '\\') index++
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
  }
  return quoted || depth > 0
}

/** What a message that is larger than its limit fails with. */
export const tooLarge = (provider: string, what: string, limit: string): ProviderError =>
  new ProviderError({
    provider,
    kind: 'malformed',
    message: `${provider} sent ${what} larger than ${limit}; raise that option if such answers are meant`,
    retryable: false,
  })
