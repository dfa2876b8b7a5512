import { ProviderError, TimeoutError } from './errors.ts'
import type { RecordedCause, RecordedError } from './recorded-error.ts'
import { textScrubber } from './text-scrubber.ts'
import { toldText } from './told-text.ts'

const MAX_MESSAGE_BYTES = 1000
const MAX_WORD_BYTES = 200
const MAX_CAUSES = 4

type Read = Readonly<Record<string, unknown>>
type Scrub = (text: string) => string

const COMMON: Scrub = textScrubber()

/** A field of something foreign; nothing where reading it throws. */
function read(from: object, name: string): unknown {
  try {
    return (from as Read)[name]
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Reads errors with one scrubber: each text is scrubbed whole before it is cut. */
class Reader {
  readonly #scrub: Scrub

  constructor(scrub: Scrub) {
    this.#scrub = scrub
  }

  error(error: unknown): RecordedError {
    if (!isObject(error)) return this.#cause(error)
    const code = this.#text(error, 'code')
    const causes = this.#causes(error)
    return {
      name: this.#text(error, 'name') ?? 'Error',
      message: this.#text(error, 'message', MAX_MESSAGE_BYTES) ?? '',
      ...(code !== undefined && { code }),
      ...(error instanceof ProviderError && this.#provider(error)),
      ...(causes.length > 0 && { causes }),
    }
  }

  /** A field that is a text; nothing where it is none. */
  #text(from: object, name: string, maxBytes: number = MAX_WORD_BYTES): string | undefined {
    const value = read(from, name)
    return typeof value === 'string' && value !== '' ? toldText(value, maxBytes, this.#scrub) : undefined
  }

  #cause(thrown: unknown): RecordedCause {
    if (!isObject(thrown))
      return { name: typeof thrown, message: toldText(String(thrown), MAX_WORD_BYTES, this.#scrub) }
    const code = this.#text(thrown, 'code')
    return {
      name: this.#text(thrown, 'name') ?? 'Error',
      message: this.#text(thrown, 'message') ?? '',
      ...(code !== undefined && { code }),
    }
  }

  #causes(error: object): readonly RecordedCause[] {
    const causes: RecordedCause[] = []
    let each = read(error, 'cause')
    while (each !== undefined && each !== null && causes.length < MAX_CAUSES) {
      causes.push(this.#cause(each))
      each = isObject(each) ? read(each, 'cause') : undefined
    }
    return causes
  }

  #provider(error: ProviderError): Partial<RecordedError> {
    const { kind, retryable, status, retryAfterMs } = error
    const providerRequestId = this.#text(error, 'providerRequestId')
    const providerCode = this.#text(error, 'providerCode')
    const limit = error instanceof TimeoutError ? limitOf(error) : {}
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
}

const limitOf = ({ limit, limitMs, setBy }: TimeoutError): Partial<RecordedError> => ({ limit, limitMs, setBy })

/**
 * An error as records tell it: data, without its stack, its texts without secrets and then cut. Never throws, whatever was thrown.
 *
 * @param scrub takes secrets out of the texts, before they are cut: afterwards half of one would not be recognised. Default:
 *   `textScrubber()`.
 *
 * @example
 * recordedError(new ProviderError({ provider: 'openai', kind: 'rate-limit', status: 429, message: 'Rate limit reached' }))
 * // → { name: 'ProviderError', message: 'Rate limit reached', code: 'CEPA_PROVIDER', kind: 'rate-limit', retryable: true, status: 429 }
 */
export const recordedError = (error: unknown, scrub: (text: string) => string = COMMON): RecordedError =>
  new Reader(scrub).error(error)
