import type { EndingKind, RecordedError } from '@cepa/core'

/** What Cepa's own errors that are not a provider's begin their codes with. */
const OWN_CODE = /^CEPA_([A-Z_]+)$/

const wordOf = (code: string | undefined): string =>
  OWN_CODE.exec(code ?? '')?.[1]
    ?.toLowerCase()
    .replaceAll('_', '-') ?? 'internal'

/**
 * What went wrong, in one word of few: the provider's kind (`rate-limit`), what the stack's own error is about (`cache-miss`, `closed`),
 * `internal` for any other. Nothing for what went well, and for a caller who aborted or left: only a deadline that was missed is an error.
 */
export function errorKindOf({
  ending,
  error,
}: {
  readonly ending?: EndingKind
  readonly error?: RecordedError
}): string | undefined {
  if (ending === 'failed') return error?.kind ?? wordOf(error?.code)
  return ending === 'aborted' && error?.kind === 'timeout' ? 'timeout' : undefined
}
