import type { ProviderErrorKind, RecordedAttempt } from '@cepa/core'

/** What an attempt tells of its provider: that it answers, that it fails, that it refuses because of its limits. */
export type Evidence = 'answered' | 'failed' | 'limited'

/** It did not answer, or answered that it could not, or broke off. Who refuses a request for what is in it does its work. */
const EVIDENCE: { readonly [K in ProviderErrorKind]: Evidence } = {
  overloaded: 'failed',
  server: 'failed',
  timeout: 'failed',
  network: 'failed',
  truncated: 'failed',
  malformed: 'failed',
  unknown: 'failed',
  'rate-limit': 'limited',
  quota: 'limited',
  auth: 'answered',
  permission: 'answered',
  'invalid-request': 'answered',
  'context-length': 'answered',
  'content-filter': 'answered',
  'not-found': 'answered',
}

/** What an attempt tells of its provider; nothing where the caller ended it before anything came, or something here broke. */
export function evidenceOf({ ending, error, status, headersMs }: RecordedAttempt): Evidence | undefined {
  if (ending === 'done') return 'answered'
  const isError = ending === 'failed' || (ending === 'aborted' && error?.kind === 'timeout')
  // how long the caller would wait says nothing of the provider
  if (isError && error?.kind !== undefined && error.setBy !== 'caller') return EVIDENCE[error.kind]
  const hasAnswered = headersMs !== undefined && (status === undefined || status < 400)
  return hasAnswered && ending !== undefined && ending !== 'failed' ? 'answered' : undefined
}
