import { cutToBytes } from './cut-to-bytes.ts'
import { ProviderError, TimeoutError } from './errors.ts'
import type { RecordedCause, RecordedError } from './recorded-error.ts'
import { scrubSecrets } from './secrets.ts'

const MAX_MESSAGE_BYTES = 1000
const MAX_WORD_BYTES = 200
const MAX_CAUSES = 4
/** Characters of a text that are looked at, so that an error page of megabytes costs no time. */
const MAX_LOOKED_AT = 16_384

type Read = Readonly<Record<string, unknown>>

/** A field of something foreign; nothing where reading it throws. */
function read(from: object, name: string): unknown {
  try {
    return (from as Read)[name]
  } catch {
    return undefined
  }
}

const safe = (text: string, maxBytes: number): string =>
  cutToBytes(scrubSecrets(text.slice(0, MAX_LOOKED_AT)), maxBytes)

/** A field that is a text, scrubbed and cut; nothing where it is none. */
function textField(from: object, name: string, maxBytes: number = MAX_WORD_BYTES): string | undefined {
  const value = read(from, name)
  return typeof value === 'string' && value !== '' ? safe(value, maxBytes) : undefined
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function causeOf(thrown: unknown): RecordedCause {
  if (!isObject(thrown)) return { name: typeof thrown, message: safe(String(thrown), MAX_WORD_BYTES) }
  const code = textField(thrown, 'code')
  return {
    name: textField(thrown, 'name') ?? 'Error',
    message: textField(thrown, 'message') ?? '',
    ...(code !== undefined && { code }),
  }
}

function causesOf(error: object): readonly RecordedCause[] {
  const causes: RecordedCause[] = []
  let each = read(error, 'cause')
  while (each !== undefined && each !== null && causes.length < MAX_CAUSES) {
    causes.push(causeOf(each))
    each = isObject(each) ? read(each, 'cause') : undefined
  }
  return causes
}

function providerFields(error: ProviderError): Partial<RecordedError> {
  const { kind, retryable, status, retryAfterMs } = error
  const providerRequestId = textField(error, 'providerRequestId')
  const providerCode = textField(error, 'providerCode')
  const limit = error instanceof TimeoutError ? { limit: error.limit, limitMs: error.limitMs, setBy: error.setBy } : {}
  return {
    kind,
    retryable,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(providerRequestId !== undefined && { providerRequestId }),
    ...(providerCode !== undefined && { providerCode }),
    ...limit,
  }
}

/**
 * An error as records tell it: data, without its stack, its texts without secrets and cut. Never throws, whatever was thrown.
 *
 * @example
 * recordedError(new ProviderError({ provider: 'openai', kind: 'rate-limit', status: 429, message: 'Rate limit reached' }))
 * // → { name: 'ProviderError', message: 'Rate limit reached', code: 'CEPA_PROVIDER', kind: 'rate-limit', retryable: true, status: 429 }
 */
export function recordedError(error: unknown): RecordedError {
  if (!isObject(error)) return { ...causeOf(error) }
  const code = textField(error, 'code')
  const causes = causesOf(error)
  return {
    name: textField(error, 'name') ?? 'Error',
    message: textField(error, 'message', MAX_MESSAGE_BYTES) ?? '',
    ...(code !== undefined && { code }),
    ...(error instanceof ProviderError && providerFields(error)),
    ...(causes.length > 0 && { causes }),
  }
}
