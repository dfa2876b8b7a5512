import { type Attempt, ProviderError, type ProviderErrorKind } from '@cepa/core'
import { hasContent } from './answer-tokens.ts'

/** What a provider refuses without having worked on it. */
const REFUSALS: ReadonlySet<ProviderErrorKind> = new Set([
  'rate-limit',
  'quota',
  'auth',
  'permission',
  'invalid-request',
  'context-length',
  'content-filter',
  'not-found',
  'overloaded',
  'server',
])

/** Whether the provider had said that it takes the request. */
const wasAccepted = ({ status, headersMs }: Attempt): boolean =>
  status === undefined ? headersMs !== undefined : status < 400

/** Whether an error before any content says that nothing was used. */
function refuses(error: Error, attempt: Attempt): boolean {
  if (!(error instanceof ProviderError)) return !wasAccepted(attempt)
  if (error.kind === 'timeout') return error.status !== undefined
  if (REFUSALS.has(error.kind)) return true
  return !wasAccepted(attempt) || (error.status ?? 200) >= 400
}

/**
 * Whether the provider will have billed an attempt. Not those that it refused, that never reached it, or that failed before they were
 * sent, as long as it told no usage and nothing of an answer came. One that was aborted, left or timed out counts: the provider had the
 * request and was at work.
 */
export function isBilled(attempt: Attempt): boolean {
  const { ending, usage } = attempt
  if (ending === undefined) return false
  if (usage !== undefined || ending.kind !== 'failed' || hasContent(ending.completion)) return true
  return !refuses(ending.error, attempt)
}
