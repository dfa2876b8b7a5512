import type { Ending } from './ending.ts'

/** The codes of Cepa's errors; they never change. */
export type ErrorCode =
  | 'CEPA_STACK'
  | 'CEPA_OPTION'
  | 'CEPA_CONTRACT'
  | 'CEPA_PROVIDER'
  | 'CEPA_TIMEOUT'
  | 'CEPA_ABORTED'
  | 'CEPA_ENDED'
  | 'CEPA_CLOSED'
  | 'CEPA_CACHE_MISS'

/** The root of Cepa's errors. `ending` is set on what a call rejects with: how it ended and what it had by then. */
export abstract class CepaError extends Error {
  abstract readonly code: ErrorCode
  declare readonly ending?: Ending
}

/** A stack that cannot work as it was put together; thrown when it is assembled. */
export class StackError extends CepaError {
  override readonly name = 'StackError'
  readonly code = 'CEPA_STACK'
}

/** A layer or an adapter broke a rule of the contract; `layer` is its name, `rule` the rule's id in docs/contract.md. */
export class ContractError extends CepaError {
  override readonly name = 'ContractError'
  readonly code = 'CEPA_CONTRACT'
  readonly layer: string
  readonly rule: string
  constructor(layer: string, rule: string, message: string) {
    super(`${layer}: ${message} (rule ${rule})`)
    this.layer = layer
    this.rule = rule
  }
}

/** What an `OptionError` says: whose option, which, what was given, what would be right. */
export interface OptionProblem {
  readonly owner: string
  readonly field: string
  /** The value as it may be shown; for a secret field its type only. */
  readonly value: string
  readonly remedy: string
}

/** An option, a request or an environment variable that cannot be right. */
export class OptionError extends CepaError {
  override readonly name = 'OptionError'
  readonly code = 'CEPA_OPTION'
  readonly owner: string
  readonly field: string
  constructor({ owner, field, value, remedy }: OptionProblem) {
    super(`${owner}: option ${field} is ${value}; ${remedy}`)
    this.owner = owner
    this.field = field
  }
}

/** What went wrong at a provider, in one vocabulary for all of them. */
export type ProviderErrorKind =
  | 'rate-limit'
  | 'quota'
  | 'auth'
  | 'permission'
  | 'invalid-request'
  | 'context-length'
  | 'content-filter'
  | 'not-found'
  | 'overloaded'
  | 'server'
  | 'timeout'
  | 'network'
  | 'truncated'
  | 'malformed'
  | 'unknown'

/** What an adapter knows of a failure. */
export interface ProviderFailure {
  readonly provider: string
  readonly kind: ProviderErrorKind
  readonly message: string
  /** HTTP status, where there was an answer. */
  readonly status?: number
  /** Whether the same request may succeed later. Default: by kind, see {@link isRetryableKind}. */
  readonly retryable?: boolean
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs?: number
  /** The provider's own id of the request, for its support. */
  readonly providerRequestId?: string
  /** The provider's own code or type of the error. */
  readonly providerCode?: string
  readonly cause?: unknown
}

const RETRYABLE: ReadonlySet<ProviderErrorKind> = new Set([
  'rate-limit',
  'overloaded',
  'server',
  'timeout',
  'network',
  'truncated',
  'malformed',
])

/**
 * Whether errors of a kind may go away by themselves: `rate-limit overloaded server timeout network truncated malformed`.
 *
 * @example
 * isRetryableKind('quota') // → false
 */
export const isRetryableKind = (kind: ProviderErrorKind): boolean => RETRYABLE.has(kind)

/** A failure at or on the way to a provider. Its message never holds a key or a header value. */
export class ProviderError extends CepaError {
  override readonly name: string = 'ProviderError'
  readonly code: ErrorCode = 'CEPA_PROVIDER'
  readonly provider: string
  readonly kind: ProviderErrorKind
  readonly retryable: boolean
  declare readonly status?: number
  declare readonly retryAfterMs?: number
  declare readonly providerRequestId?: string
  declare readonly providerCode?: string
  constructor(failure: ProviderFailure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause })
    this.provider = failure.provider
    this.kind = failure.kind
    this.retryable = failure.retryable ?? isRetryableKind(failure.kind)
    if (failure.status !== undefined) this.status = failure.status
    if (failure.retryAfterMs !== undefined) this.retryAfterMs = failure.retryAfterMs
    if (failure.providerRequestId !== undefined) this.providerRequestId = failure.providerRequestId
    if (failure.providerCode !== undefined) this.providerCode = failure.providerCode
  }
}

/** The limits that a call can meet. */
export type Limit = 'total' | 'headers' | 'first-token' | 'idle' | 'deadline' | 'connect'

/** What a `TimeoutError` says: which limit, its value, who set it, how far the call got. */
export interface TimeoutDetails {
  readonly limit: Limit
  /** The limit's value in milliseconds. */
  readonly limitMs: number
  /** The name of the layer that set it, `caller` for the call's own deadline. */
  readonly setBy: string
  readonly provider?: string
  /** How far the call got, as a clause: `after headers, 12 events`. */
  readonly progress?: string
}

const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  total: 'the call took longer than',
  headers: 'no response headers within',
  'first-token': 'no content within',
  idle: 'the provider sent nothing for',
  deadline: 'the deadline passed after',
  connect: 'no connection within',
}

/** A limit was met. Its kind is `timeout`; all limits but the caller's own deadline are retryable. */
export class TimeoutError extends ProviderError {
  override readonly name = 'TimeoutError'
  override readonly code = 'CEPA_TIMEOUT'
  readonly limit: Limit
  readonly limitMs: number
  readonly setBy: string
  constructor(details: TimeoutDetails) {
    const { limit, limitMs, setBy, progress } = details
    super({
      provider: details.provider ?? 'unknown',
      kind: 'timeout',
      message: `${LIMIT_WORDS[limit]} ${limitMs} ms (limit ${limit}, set by ${setBy})${progress ? `; ${progress}` : ''}`,
      retryable: limit !== 'deadline',
    })
    this.limit = limit
    this.limitMs = limitMs
    this.setBy = setBy
  }
}

/** The caller's signal fired. `cause` is the signal's reason; `name` is the platform's word for it. */
export class AbortedError extends CepaError {
  override readonly name = 'AbortError'
  readonly code = 'CEPA_ABORTED'
  constructor(reason?: unknown) {
    super('the call was aborted by its signal', reason === undefined ? undefined : { cause: reason })
  }
}

/** The reply ended before its end because its reader left it, or never came. */
export class EndedError extends CepaError {
  override readonly name = 'EndedError'
  readonly code = 'CEPA_ENDED'
}

/** The pipeline is closed, or closing, and takes no more calls. */
export class ClosedError extends CepaError {
  override readonly name = 'ClosedError'
  readonly code = 'CEPA_CLOSED'
  constructor(pipeline: string) {
    super(`pipeline ${pipeline} is closed and takes no more calls`)
  }
}

/** What a fired signal ends a call with: Cepa's own error if that was the reason, else an {@link AbortedError}. */
export const abortErrorOf = (reason: unknown): CepaError =>
  reason instanceof CepaError ? reason : new AbortedError(reason)

/** Anything thrown, as an `Error`; what is none becomes the cause of one. */
export const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(`thrown value is no Error: ${typeof thrown}`, { cause: thrown })
