import { type Feed, ProviderError } from '@cepa/core'
import { AnswerFeed } from './answer-feed.ts'
import { cutText, describeBody } from './excerpt.ts'
import type { Exchange } from './exchange.ts'
import { ndjsonParser } from './ndjson.ts'
import { readErrorBody } from './read-error-body.ts'
import { sseParser } from './sse.ts'
import { wholeBodyParser } from './whole-body.ts'
import type { Reducer, WireParser } from './wire.ts'

/** The wires that can be read. */
export type Wire = 'sse' | 'ndjson' | 'json'

/** How an answer is read. */
export interface ReadOptions {
  /** The adapter's reading of the messages. */
  readonly reducer: Reducer
  /** The wire that was asked for. An answer whose content type says another one is read as that. */
  readonly wire: Wire
  /** Most bytes of one event or line. Default: 16 MiB. */
  readonly maxEventBytes?: number
  /** Most bytes of an answer that is one document. Default: 256 MiB. */
  readonly maxAnswerBytes?: number
  /** Longest wait for more once the wire's finish was seen, in milliseconds. Default: 3,000. */
  readonly finishWaitMs?: number
}

/**
 * The feed of an answer. Nothing is read before the first pull.
 *
 * @throws {ProviderError} `malformed` when the content type is none of an answer (an HTML page of a proxy, for example).
 *
 * @example
 * return Reply.from(await readAnswer(exchange, { wire: 'sse', reducer }))
 */
export async function readAnswer(exchange: Exchange, options: ReadOptions): Promise<Feed> {
  const contentType = exchange.response.headers.get('content-type') ?? ''
  const wire = wireOf(contentType, options.wire)
  if (wire === undefined) throw await wrongType(exchange, contentType)
  const { reducer, finishWaitMs } = options
  return new AnswerFeed(exchange, {
    parser: parserOf(wire, exchange.provider, options),
    reducer,
    ...(finishWaitMs !== undefined && { finishWaitMs }),
  })
}

/** What a content type says; servers that say nothing, or nothing of use, are taken at what was asked for. */
function wireOf(contentType: string, asked: Wire): Wire | undefined {
  const type = (contentType.split(';')[0] as string).trim().toLowerCase()
  if (type === 'text/event-stream') return 'sse'
  if (/^application\/(?:x-)?(?:ndjson|jsonl|json-lines|stream\+json)$/.test(type)) return 'ndjson'
  // newline-delimited answers are sent as plain JSON by some
  if (/^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(type)) return asked === 'ndjson' ? 'ndjson' : 'json'
  return type === '' || type === 'text/plain' || type === 'application/octet-stream' ? asked : undefined
}

function parserOf(wire: Wire, provider: string, { maxEventBytes, maxAnswerBytes }: ReadOptions): WireParser {
  const limits = { provider, ...(maxEventBytes !== undefined && { maxEventBytes }) }
  if (wire === 'sse') return sseParser(limits)
  if (wire === 'ndjson') return ndjsonParser(limits)
  return wholeBodyParser({ provider, ...(maxAnswerBytes !== undefined && { maxAnswerBytes }) })
}

async function wrongType(exchange: Exchange, contentType: string): Promise<ProviderError> {
  const { provider, redact, response } = exchange
  const body = await readErrorBody(exchange)
  const shown = describeBody(typeof body === 'string' ? body : JSON.stringify(body), redact)
  return new ProviderError({
    provider,
    kind: 'malformed',
    status: response.status,
    message: `${provider} answered ${response.status} with content type ${cutText(contentType, 60)} instead of an answer: ${shown}`,
  })
}
