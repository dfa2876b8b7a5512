import type { RecordedError } from '../recorded-error.ts'

/** What of an error decides its type. */
export type ErrorDescription = Pick<RecordedError, 'name' | 'kind' | 'status'>

/** A name of a class; anything longer or stranger is made up of data. */
const CLASS_NAME = /^[A-Za-z_$][\w$.]{0,63}$/

/** What errors are called that have no better word. */
const OTHER = '_OTHER'

/**
 * The value of `error.type`, of few different ones: the HTTP status of a refusal (`429`), else what went wrong at the provider
 * (`timeout`, `network`, `truncated`, …), else the error's class (`AbortError`), else `_OTHER`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
 *
 * @example
 * errorTypeOf({ name: 'ProviderError', kind: 'rate-limit', status: 429 }) // → '429'
 */
export function errorTypeOf({ name, kind, status }: ErrorDescription): string {
  if (status !== undefined && status >= 400) return String(status)
  if (kind !== undefined) return kind === 'unknown' ? OTHER : kind
  return CLASS_NAME.test(name) ? name : OTHER
}
