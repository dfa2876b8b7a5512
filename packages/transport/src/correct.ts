import { type AdapterCall, ProviderError } from '@cepa/core'

/** A reason to send a request again, changed: a refused field, an expired key. */
export interface Correction {
  /** Names it in the attempt's record: `without stream_options`, `new key`. */
  readonly reason: string
  /** Whether the error calls for it, and the change can be made. Asked only while it was not made yet. */
  applies(error: ProviderError): boolean | Promise<boolean>
}

/**
 * Sends, and sends again with corrections where an error calls for one that was not made yet; each resend is an attempt of its
 * own (rule A1).
 *
 * @throws what the last try threw.
 *
 * @example
 * const exchange = await withCorrections(call, [newKey], (made) => sendWith(made.has('new key') ? fresh : key))
 */
export async function withCorrections<T>(
  call: AdapterCall,
  corrections: readonly Correction[],
  attempt: (made: ReadonlySet<string>) => Promise<T>,
): Promise<T> {
  const made = new Set<string>()
  for (;;) {
    try {
      return await attempt(made)
    } catch (error) {
      const reason = error instanceof ProviderError ? await reasonFor(error, corrections, made) : undefined
      if (reason === undefined || call.signal.aborted) throw error
      made.add(reason)
      call.attempt.again(reason, error as ProviderError)
    }
  }
}

async function reasonFor(
  error: ProviderError,
  corrections: readonly Correction[],
  made: ReadonlySet<string>,
): Promise<string | undefined> {
  for (const correction of corrections) {
    if (!made.has(correction.reason) && (await correction.applies(error))) return correction.reason
  }
  return undefined
}

const REFUSAL =
  /unrecogni[sz]ed|unknown|unsupported|unexpected|not (?:supported|permitted|allowed|recogni[sz]ed)|no longer supported|does(?: not|n't) support|extra (?:input|field|propert)|extra_forbidden|additional propert|invalid (?:field|parameter|argument)|cannot find field/i

/**
 * Whether an error says that a field of the request is not known or not supported (not that its value is wrong).
 *
 * @example
 * isRefusedField(error, 'stream_options') // → true for "Unknown parameter: 'stream_options'"
 */
export function isRefusedField(error: ProviderError, field: string): boolean {
  if (error.kind !== 'invalid-request') return false
  // the field may be named as the remedy for another one: "'max_tokens' is not supported … use 'max_completion_tokens' instead"
  const complaint = error.message.replace(/\b(?:use|try|did you mean)\b[^.;]*/gi, '')
  return new RegExp(`\\b${field}\\b`).test(complaint) && REFUSAL.test(complaint)
}
