import { ProviderError, TimeoutError } from '@cepa/core'
import { cutText } from './excerpt.ts'
import { type Redact, safeCause } from './redact.ts'

/** A failure on the way, as a `fetch` or a body's reader threw it. */
export interface NetworkFailure {
  readonly provider: string
  readonly error: unknown
  /** `connect`: no headers had come. `body`: in the middle of the answer. */
  readonly phase: 'headers' | 'body'
  readonly redact: Redact
  /** The server, `host:port`. */
  readonly server?: string
  /** How far it got, as a clause: `after 1200 bytes`. */
  readonly progress?: string
  readonly elapsedMs: number
}

interface LimitWords {
  readonly limit: 'headers' | 'idle' | 'connect'
  readonly what: string
  readonly option: string
  readonly nodeDefault: string
}

/** undici's limits: whose they are must be said, since no layer set them. */
const LIMITS: Readonly<Record<string, LimitWords>> = {
  UND_ERR_HEADERS_TIMEOUT: {
    limit: 'headers',
    what: 'no response headers came',
    option: 'headersTimeout',
    nodeDefault: '300 s in Node',
  },
  UND_ERR_BODY_TIMEOUT: {
    limit: 'idle',
    what: 'no more of the answer came',
    option: 'bodyTimeout',
    nodeDefault: '300 s in Node',
  },
  UND_ERR_CONNECT_TIMEOUT: {
    limit: 'connect',
    what: 'no connection was made',
    option: 'connect.timeout',
    nodeDefault: '10 s',
  },
}

/** The request never left: nothing was sent, and nothing was spent. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** An SDK client met its own `timeout`. */
export const SDK_TIMEOUT_CODE = 'SDK_CLIENT_TIMEOUT'

const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/
const BROKEN_COMPRESSION = /^(?:Z_|ERR__ERROR_|ERR_BROTLI)/

/** Whether a failure happened before anything was sent. */
export const isUnsent = (error: unknown): boolean => {
  const code = codeOf(error)
  return code !== undefined && (UNSENT.has(code) || CERTIFICATE.test(code))
}

/**
 * What a `fetch` threw, in the taxonomy: a limit that was met says whose it is, everything else is `network`, or `malformed` where
 * the compressed body is broken.
 */
export function networkError(failure: NetworkFailure): ProviderError {
  const code = codeOf(failure.error)
  if (code !== undefined && LIMITS[code]) return limitError(failure, LIMITS[code])
  if (code === SDK_TIMEOUT_CODE) return sdkLimitError(failure)
  if (isTimeout(failure.error)) return foreignLimitError(failure)
  const kind = code !== undefined && BROKEN_COMPRESSION.test(code) ? 'malformed' : 'network'
  const untrusted = code !== undefined && CERTIFICATE.test(code)
  const { provider, phase, progress, redact } = failure
  const at = failure.server ? ` at ${failure.server}` : ''
  const unanswered = isUnsent(failure.error) ? `could not be reached${at}` : `gave no answer${at}`
  const what = phase === 'headers' ? unanswered : 'broke off its answer'
  return new ProviderError({
    provider,
    kind,
    message: `${provider} ${what}: ${code ?? reasonOf(failure)}${progress ? ` ${progress}` : ''}`,
    // a certificate does not become trusted by asking again
    ...(untrusted && { retryable: false }),
    cause: safeCause(failure.error, redact),
  })
}

function limitError(failure: NetworkFailure, words: LimitWords): ProviderError {
  const { provider, progress, redact, elapsedMs } = failure
  const limitMs = propertyOf(failure.error, 'limitMs')
  if (typeof limitMs === 'number') {
    const setBy = `the fetch of ${provider}, ${words.option}`
    const error = new TimeoutError({ limit: words.limit, limitMs, setBy, provider, ...(progress && { progress }) })
    return error
  }
  return new ProviderError({
    provider,
    kind: 'timeout',
    message: `${provider}: ${words.what} within the limit of the fetch in use (undici's ${words.option}, ${words.nodeDefault} by default), met after ${Math.round(elapsedMs)} ms${progress ? `, ${progress}` : ''}; no layer set it: raise it there, or leave out the option that brought this fetch`,
    cause: safeCause(failure.error, redact),
  })
}

const sdkLimitError = ({ provider, elapsedMs }: NetworkFailure): ProviderError =>
  new ProviderError({
    provider,
    kind: 'timeout',
    message: `${provider}: no response headers came within the limit of the given SDK client (its timeout option), met after ${Math.round(elapsedMs)} ms; raise it there`,
  })

/** What a runtime's own limit, or an `AbortSignal.timeout` within a fetch, throws. */
const isTimeout = (error: unknown): boolean => propertyOf(error, 'name', 'TimeoutError') !== undefined

const foreignLimitError = ({ provider, error, elapsedMs, progress, redact }: NetworkFailure): ProviderError =>
  new ProviderError({
    provider,
    kind: 'timeout',
    message: `${provider}: a limit of the fetch in use, or of the runtime, was met after ${Math.round(elapsedMs)} ms${progress ? `, ${progress}` : ''}; no layer set it`,
    cause: safeCause(error, redact),
  })

/** Longest chain of causes that is looked through. */
const MAX_CAUSES = 8

/** The first error of the chain that is more than `fetch failed`: where it has a code, the code says it best. */
const codeOf = (error: unknown): string | undefined => {
  const code = propertyOf(error, 'code')
  return typeof code === 'string' ? code : undefined
}

/** The first value of a property (or the first that is `wanted`) along the chain of causes, and into an `AggregateError`. */
function propertyOf(error: unknown, name: string, wanted?: unknown): unknown {
  let each = error as Readonly<Record<string, unknown>> | undefined | null
  for (let depth = 0; typeof each === 'object' && each !== null && depth < MAX_CAUSES; depth++) {
    const value = each[name]
    // a DOMException's code is a number that says nothing
    const empty = value === undefined || (name === 'code' && typeof value === 'number')
    if (wanted === undefined ? !empty : value === wanted) return value
    const { cause, errors } = each
    each = (cause ?? (Array.isArray(errors) ? errors[0] : undefined)) as typeof each
  }
  return undefined
}

function reasonOf({ error, redact }: NetworkFailure): string {
  let last = error
  for (let depth = 0; last instanceof Error && last.cause instanceof Error && depth < MAX_CAUSES; depth++)
    last = last.cause
  return cutText(redact(last instanceof Error ? last.message : String(last)), 200)
}
