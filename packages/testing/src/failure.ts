import { ProviderError, type ProviderErrorKind } from '@cepa/core'
import type { Failure } from './script.ts'

/** The status that stands for a kind of failure; network kinds have none. */
const STATUS: Readonly<Partial<Record<ProviderErrorKind, number>>> = {
  'rate-limit': 429,
  quota: 429,
  auth: 401,
  permission: 403,
  'invalid-request': 400,
  'context-length': 400,
  'content-filter': 400,
  'not-found': 404,
  overloaded: 503,
  server: 500,
  timeout: 408,
}

const KINDS: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'invalid-request',
  401: 'auth',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  429: 'rate-limit',
  503: 'overloaded',
  529: 'overloaded',
}

const kindOf = (status: number | undefined): ProviderErrorKind =>
  status === undefined ? 'server' : (KINDS[status] ?? (status >= 500 ? 'server' : 'invalid-request'))

/** A scripted failure with kind, status and message filled in. */
export interface FullFailure extends Failure {
  readonly kind: ProviderErrorKind
  readonly message: string
  /** The status as the script gave it, before the kind's own was filled in. */
  readonly givenStatus?: number
}

/** Fills in what the script left open: the kind by the status, the status by the kind. */
export function fullFailure(failure: Failure | Error): FullFailure {
  if (failure instanceof Error) {
    const { kind, status, retryAfterMs, providerCode } = failure as Partial<ProviderError>
    const known: Failure = {
      ...(kind !== undefined && { kind }),
      ...(status !== undefined && { status }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(providerCode !== undefined && { providerCode }),
    }
    return { ...fullFailure(known), message: failure.message }
  }
  const kind = failure.kind ?? kindOf(failure.status)
  const status = failure.status ?? STATUS[kind]
  return {
    ...failure,
    kind,
    message: failure.message ?? `scripted failure: ${kind}`,
    ...(status !== undefined && { status }),
    ...(failure.status !== undefined && { givenStatus: failure.status }),
  }
}

/** The error that an adapter makes of a scripted failure; an `Error` of the script stays itself. */
export function errorFor(failure: Failure | Error, provider: string, providerRequestId: string): Error {
  if (failure instanceof Error) return failure
  const { kind, message, status, retryAfterMs, providerCode } = fullFailure(failure)
  return new ProviderError({
    provider,
    kind,
    message,
    providerRequestId,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(providerCode !== undefined && { providerCode }),
  })
}
