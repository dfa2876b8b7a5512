import { ProviderError } from '@cepa/core'
import { errorDetailsOf } from './error-details.ts'
import { type ErrorHint, verdictOf } from './error-hints.ts'
import { cutText, describeBody } from './excerpt.ts'
import type { FetchHeaders } from './fetch.ts'
import { type Redact, redactor } from './redact.ts'
import { retryAfterMs } from './retry-after.ts'

/** An error as a provider told it. */
export interface AnswerFailure {
  readonly provider: string
  /** HTTP status; absent for an error within an answer that began well. */
  readonly status?: number
  readonly headers?: FetchHeaders
  /** The error's body: parsed JSON, or text that is none. */
  readonly body: unknown
  readonly providerRequestId?: string
  /** The provider's own table, asked before the common one. */
  readonly hints?: readonly ErrorHint[]
  readonly redact?: Redact
  /** The wall clock, for dates in headers. */
  readonly nowEpochMs: number
}

const REDIRECT =
  'the server redirects, which is not followed because the request carries a key; set the base URL to the address meant'

/**
 * An error that a provider told, in the taxonomy: its kind, whether and when to try again, its message cut and without secrets.
 *
 * @example
 * answerError({ provider: 'openai', status: 429, body: { error: { code: 'insufficient_quota' } }, nowEpochMs: 0 }).kind // → 'quota'
 */
export function answerError(failure: AnswerFailure): ProviderError {
  const { provider, status, headers, body, hints, nowEpochMs, providerRequestId } = failure
  const redact = failure.redact ?? redactor([])
  const told = errorDetailsOf(body)
  const verdict = verdictOf(status, told, hints)
  const retryable = overruled(headers) ?? verdict.retryable
  const waitMs = retryAfterMs({
    ...(headers && isWorthWaiting(verdict.kind) && { headers }),
    ...(told.message !== undefined && { message: told.message }),
    nowEpochMs,
  })
  const code = told.codes[0]
  return new ProviderError({
    provider,
    kind: verdict.kind,
    message: `${provider} ${openingOf(status)}${code ? ` (${cutText(redact(code), 60)})` : ''}: ${saying(failure, told.message, redact)}`,
    ...(status !== undefined && { status }),
    ...(retryable !== undefined && { retryable }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    ...(providerRequestId !== undefined && { providerRequestId }),
    ...(code !== undefined && { providerCode: cutText(redact(code), 100) }),
  })
}

const openingOf = (status: number | undefined): string =>
  status === undefined ? 'ended its answer with an error' : `answered ${status}`

function saying({ status, body }: AnswerFailure, message: string | undefined, redact: Redact): string {
  if (status !== undefined && status >= 300 && status < 400) return REDIRECT
  if (typeof body === 'string') return describeBody(body, redact)
  if (message !== undefined) return cutText(redact(message), 500)
  return describeBody(body === undefined ? '' : JSON.stringify(body), redact)
}

/** Reset headers come with every answer; only of these errors do they say when to try again. */
const isWorthWaiting = (kind: ProviderError['kind']): boolean =>
  kind === 'rate-limit' || kind === 'overloaded' || kind === 'server'

/** Some providers say outright whether to try again. */
function overruled(headers: FetchHeaders | undefined): boolean | undefined {
  const told = headers?.get('x-should-retry')
  return told === 'true' ? true : told === 'false' ? false : undefined
}
