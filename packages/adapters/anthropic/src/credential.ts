import { OptionError } from '@cepa/core'
import { type ApiKey, KeyRing } from '@cepa/transport'

/** What says who asks: a key or a token, or nothing where a client has it. */
export interface Credential {
  readonly option: 'apiKey' | 'authToken'
  readonly source: ApiKey | undefined
}

/**
 * The one credential of the options.
 *
 * @throws {OptionError} for none, and for two.
 */
export function credentialOf(
  { apiKey, authToken }: { readonly apiKey?: ApiKey; readonly authToken?: ApiKey },
  hasClient: boolean,
): Credential {
  if (apiKey !== undefined && authToken !== undefined) {
    throw new OptionError({
      owner: 'anthropic',
      field: 'authToken',
      value: 'given beside apiKey',
      remedy: 'give one of them',
    })
  }
  if (apiKey === undefined && authToken === undefined && !hasClient) throw missingKey()
  return authToken === undefined ? { option: 'apiKey', source: apiKey } : { option: 'authToken', source: authToken }
}

const missingKey = (): OptionError =>
  new OptionError({
    owner: 'anthropic',
    field: 'apiKey',
    value: 'missing',
    remedy:
      'give apiKey or authToken (a string, or a function that gives it), set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, or give a client of @anthropic-ai/sdk',
  })

/** The key of one call, in the header that it belongs in. */
export const keyRing = (provider: string, { option, source }: Credential): KeyRing =>
  new KeyRing({
    provider,
    option,
    source,
    headers: (key): Readonly<Record<string, string>> =>
      option === 'apiKey' ? { 'x-api-key': key } : { authorization: `Bearer ${key}` },
  })
