import { type AttemptReport, ProviderError, type ProviderErrorKind } from '@cepa/core'
import type { ReferenceOptions } from './reference-adapter.ts'

const BY_STATUS: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'invalid-request',
  401: 'auth',
  403: 'permission',
  404: 'not-found',
  429: 'rate-limit',
  503: 'overloaded',
}
const BY_CODE: Readonly<Record<string, ProviderErrorKind>> = {
  insufficient_quota: 'quota',
  context_length_exceeded: 'context-length',
  content_policy_violation: 'content-filter',
}

const shortened = (text: string, { faults, key }: ReferenceOptions): string => {
  const clean = faults.has('repeats the provider’s words') ? text : text.replaceAll(key, '…')
  return faults.has('quotes whole pages') ? clean : clean.slice(0, 200)
}

/** What a refusal is told as. */
export async function errorFor(response: Response, options: ReferenceOptions, attempt: AttemptReport): Promise<Error> {
  const { faults, key } = options
  const text = await response.text()
  if (!faults.has('reports nothing') && !faults.has('no bytes of refusals'))
    attempt.report({ bytesReceived: Buffer.byteLength(text) })
  const { message, code } = errorIn(text)
  if (faults.has('errors of its own class')) return new Error('it failed')
  const plain = BY_CODE[code ?? ''] ?? BY_STATUS[response.status] ?? 'server'
  const words = shortened(message ?? text, options)
  return new ProviderError({
    provider: 'reference',
    kind: faults.has('everything is a server error') ? 'server' : plain,
    message: `${response.status}: ${words}${faults.has('key in errors') ? ` (key ${key})` : ''}`,
    status: response.status,
    ...(!faults.has('no request id on errors') && { providerRequestId: response.headers.get('x-request-id') ?? '' }),
    ...(!faults.has('ignores retry-after') && { retryAfterMs: Number(response.headers.get('retry-after-ms') ?? 0) }),
  })
}

/** An error inside an answer. */
export const innerError = (message: string, options: ReferenceOptions): Error =>
  new ProviderError({ provider: 'reference', kind: 'server', message: shortened(message, options) })

/** A body that broke off. */
export const truncated = (): Error =>
  new ProviderError({ provider: 'reference', kind: 'truncated', message: 'the answer broke off' })

/** A connection that broke. */
export const networkError = (cause: unknown, _options: ReferenceOptions): Error =>
  new ProviderError({ provider: 'reference', kind: 'network', message: 'the connection broke', cause })

function errorIn(text: string): { message?: string; code?: string } {
  try {
    return (JSON.parse(text) as { error?: { message?: string; code?: string } }).error ?? {}
  } catch {
    return {}
  }
}
