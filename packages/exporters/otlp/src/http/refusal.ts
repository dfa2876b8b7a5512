import { scrubSecrets } from '@cepa/core'
import type { Answer } from './post.ts'

/**
 * Whether the same may be sent again after an answer of this status.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes (all others must not be retried, 500 among them)
 */
export const isRetryable = (status: number): boolean => [429, 502, 503, 504].includes(status)

/** What to look at, by status. */
const REMEDIES: Readonly<Record<number, string>> = {
  401: 'look at the headers that it was sent',
  403: 'look at the headers that it was sent',
  404: 'look at the endpoint, or switch the signal off if it is not taken there',
  405: 'look at the endpoint, or switch the signal off if it is not taken there',
  413: 'give the exporter smaller batches (limits.maxBatchBytes)',
  415: 'try the other protocol',
}

/** How much of what a server says is told, in characters. */
const MAX_TOLD = 200

/** What the server says in words; nothing where it answers in protobuf. */
function wordsOf({ contentType, body }: Answer): string {
  if (!/^(?:text\/plain|application\/(?:[\w.+-]*\+)?json)\b/i.test(contentType)) return ''
  const text = Buffer.from(body).toString('utf8').replaceAll(/\s+/g, ' ').trim()
  return scrubSecrets(text).slice(0, MAX_TOLD)
}

/** Why a server did not take something, in one sentence. */
export function refusalOf(answer: Answer): string {
  const { status, statusText } = answer
  const words = wordsOf(answer)
  const remedy = REMEDIES[status]
  const said = [statusText === '' ? String(status) : `${status} ${statusText}`, words].filter(Boolean).join(': ')
  return remedy === undefined ? said : `${said} (${remedy})`
}
