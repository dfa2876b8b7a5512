import type { ProviderErrorKind } from '@cepa/core'
import type { ErrorDetails } from './error-details.ts'

/** One line of a table that tells errors apart. All that is given must match. */
export interface ErrorHint {
  readonly status?: number
  /** Matches the provider's code or type. */
  readonly code?: RegExp
  readonly message?: RegExp
  readonly kind: ProviderErrorKind
  /** Default: by kind. */
  readonly retryable?: boolean
}

/**
 * What holds for most providers: an empty purse is no rate limit, a context overflow is no ordinary bad request, and a request
 * that is larger than its rate limit will not pass later.
 */
const COMMON_HINTS: readonly ErrorHint[] = [
  {
    code: /insufficient_quota|billing|payment_required|insufficient_(?:balance|credits|funds)|credit_balance/i,
    kind: 'quota',
  },
  {
    message:
      /exceeded your current quota|(?:credit )?balance is too low|insufficient (?:balance|credits|funds)|out of credits/i,
    kind: 'quota',
  },
  { code: /context_length_exceeded|context_window_exceeded|model_max_prompt_tokens_exceeded/i, kind: 'context-length' },
  { status: 429, message: /request too large/i, kind: 'rate-limit', retryable: false },
  {
    code: /^(?:content_filter|content_policy_violation|moderation_blocked|responsibleaipolicyviolation)$/i,
    kind: 'content-filter',
  },
  {
    code: /^(?:invalid_api_key|authentication_error|unauthenticated|invalid_authentication|api_key_invalid)$/i,
    kind: 'auth',
  },
  {
    code: /^(?:permission_error|permission_denied|access_denied|unsupported_country_region_territory)$/i,
    kind: 'permission',
  },
  { code: /^(?:model_not_found|not_found_error|not_found|deploymentnotfound)$/i, kind: 'not-found' },
  {
    code: /^(?:overloaded_error|overloaded|slow_down|unavailable|service_unavailable|capacity_exceeded)$/i,
    kind: 'overloaded',
  },
  { message: /\boverloaded\b|over capacity|at capacity|engine is currently/i, kind: 'overloaded' },
  { code: /^(?:rate_limit_exceeded|rate_limit_error|resource_exhausted|too_many_requests)$/i, kind: 'rate-limit' },
  { code: /^(?:timeout_error|timeout|deadline_exceeded)$/i, kind: 'timeout' },
]

/** Of bad requests: providers that have no code for a context overflow say it in words. */
const OVERFLOW: ErrorHint = {
  message:
    /maximum context length|context (?:length|window|size)|prompt is too long|input is too long|too many (?:input )?tokens|input token count|max(?:imum)? (?:input|prompt) (?:tokens|length)|reduce the length of the messages/i,
  kind: 'context-length',
}

const BAD_REQUESTS: ReadonlySet<number | undefined> = new Set([undefined, 400, 413, 422])

/** Of errors without a status, such as those within a stream: the general words come last, so that the telling ones win. */
const GENERAL_CODES: readonly ErrorHint[] = [
  { code: /invalid_request|invalid_argument|bad_request|failed_precondition|unprocessable/i, kind: 'invalid-request' },
  { code: /server_error|internal|api_error/i, kind: 'server' },
]

const STATUS_KINDS: Readonly<Record<number, ProviderErrorKind>> = {
  401: 'auth',
  402: 'quota',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  410: 'not-found',
  429: 'rate-limit',
  498: 'overloaded',
  503: 'overloaded',
  504: 'timeout',
  522: 'timeout',
  524: 'timeout',
  529: 'overloaded',
}

/** Statuses of the 4xx range after which the same request may succeed: a conflict over a lock, too early. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([409, 425])

/** What an error is. */
export interface Verdict {
  readonly kind: ProviderErrorKind
  readonly retryable?: boolean
}

/** The kind of an error: by the provider's own hints, then by those common to all, then by its status. */
export function verdictOf(
  status: number | undefined,
  details: ErrorDetails,
  hints: readonly ErrorHint[] = [],
): Verdict {
  const effective = status !== undefined && status >= 300 ? status : details.status
  const matches = (hint: ErrorHint): boolean => hintMatches(hint, effective, details)
  const hint = hints.find(matches) ?? (isServerFault(effective) ? undefined : COMMON_HINTS.find(matches))
  if (hint) return hint
  if (BAD_REQUESTS.has(effective) && matches(OVERFLOW)) return OVERFLOW
  if (effective === undefined) return GENERAL_CODES.find(matches) ?? { kind: 'unknown' }
  return byStatus(effective)
}

/** A server that fails says all sorts of things; its status is the better witness, unless it speaks of load. */
const isServerFault = (status: number | undefined): boolean =>
  status !== undefined && status >= 500 && status !== 503 && status !== 529

function hintMatches(hint: ErrorHint, status: number | undefined, details: ErrorDetails): boolean {
  if (hint.status !== undefined && hint.status !== status) return false
  if (hint.code !== undefined && !details.codes.some((code) => hint.code?.test(code))) return false
  return hint.message === undefined || (details.message !== undefined && hint.message.test(details.message))
}

function byStatus(status: number): Verdict {
  const kind = STATUS_KINDS[status]
  if (kind !== undefined) return { kind }
  if (status >= 500) return { kind: 'server' }
  return RETRYABLE_STATUSES.has(status) ? { kind: 'invalid-request', retryable: true } : { kind: 'invalid-request' }
}
