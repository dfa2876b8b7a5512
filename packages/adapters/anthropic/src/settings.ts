import {
  anyOf,
  type Checked,
  checkOptions,
  dataOf,
  func,
  having,
  integer,
  list,
  OptionError,
  type OptionRules,
  record,
  text,
} from '@cepa/core'
import {
  type ApiKey,
  type Carrier,
  environmentOf,
  type Fetch,
  fetchCarrier,
  MAX_ANSWER_BYTES,
  MAX_EVENT_BYTES,
  type SdkClient,
  sdkCarrier,
} from '@cepa/transport'
import { type Credential, credentialOf } from './credential.ts'

/** Options of {@link anthropic}. What is not given comes from the environment, then from the default. */
export interface AnthropicOptions {
  /** Sent as `x-api-key`. Environment: `ANTHROPIC_API_KEY`. A function is asked at every attempt. */
  readonly apiKey?: ApiKey
  /** Sent as a bearer token in place of a key. Environment: `ANTHROPIC_AUTH_TOKEN`. A function is asked at every attempt. */
  readonly authToken?: ApiKey
  /** Without `/v1`. Environment: `ANTHROPIC_BASE_URL`. Default: `https://api.anthropic.com`. */
  readonly baseUrl?: string
  /**
   * The API's version, sent as `anthropic-version`. Default: `2026-10-21`, but `2023-06-01` for requests with `temperature`, `topP`
   * or `topK`, which later versions do not know; with `client`, what that sends.
   */
  readonly version?: string
  /** Beta features, sent as `anthropic-beta`. */
  readonly beta?: readonly string[]
  /** `max_tokens` of requests that do not say it, which the API requires, in tokens; added to `reasoning.maxTokens`. Default: 32,000. */
  readonly maxOutputTokens?: number
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Carries the requests. Default: on Node undici's client without time limits, elsewhere the platform's `fetch`. */
  readonly fetch?: Fetch
  /**
   * Your own client of `@anthropic-ai/sdk`, its Bedrock or its Vertex package carries the requests: base URL, key, signing and version
   * are its own, its retries are off.
   */
  readonly client?: SdkClient
  /** Most bytes of one event of a stream. Default: 16 MiB. */
  readonly maxEventBytes?: number
  /** Most bytes of a whole answer. Default: 256 MiB. */
  readonly maxAnswerBytes?: number
  /** The provider's name in records, errors and cache keys, for servers that speak Anthropic's language. Default: `anthropic`. */
  readonly name?: string
}

const URL_FORM = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/
const KEY_FORM = /^[\x21-\x7e]+$/

const keyRule = (): ReturnType<typeof anyOf<string, () => string | Promise<string>>> =>
  anyOf(
    text({ pattern: KEY_FORM, expects: 'a key without spaces or line breaks', secret: true }),
    func<() => string | Promise<string>>(),
  )

const RULES = {
  apiKey: keyRule(),
  authToken: keyRule(),
  baseUrl: text({ pattern: URL_FORM, expects: 'an http or https address without query, credentials or fragment' }),
  version: text({ pattern: /^[\w.-]+$/, expects: 'a version, for example 2026-10-21' }),
  beta: list(text({ pattern: /^[\w.-]+$/, expects: 'the name of a beta feature' }), { default: [] }),
  maxOutputTokens: integer({ min: 1, default: 32_000 }),
  headers: record(text(), { secret: true }),
  fetch: func<Fetch>(),
  client: having<SdkClient>('post'),
  maxEventBytes: integer({ min: 1, default: MAX_EVENT_BYTES }),
  maxAnswerBytes: integer({ min: 1, default: MAX_ANSWER_BYTES }),
  name: text({
    pattern: /^[a-z][\w.-]*$/i,
    expects: 'a name of letters, digits, dots and dashes',
    default: 'anthropic',
  }),
} satisfies OptionRules<AnthropicOptions>

/** What the adapter works with. */
export interface Settings {
  readonly name: string
  readonly baseUrl: string
  readonly credential: Credential
  /** As it was given; absent where it is chosen by request. */
  readonly version?: string
  readonly beta: readonly string[]
  readonly maxOutputTokens: number
  readonly headers: Readonly<Record<string, string>>
  readonly carrier: Carrier
  /** Whether a client of the user's sends, with headers of its own. */
  readonly hasClient: boolean
  readonly limits: { readonly maxEventBytes: number; readonly maxAnswerBytes: number }
  /** For `explain()`. */
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Options, completed from the environment and checked.
 *
 * @throws {OptionError} for an option that cannot be right, a missing or a second key, and what contradicts `client`.
 */
export function settingsOf(given: AnthropicOptions | undefined): Settings {
  const checked = checkOptions('anthropic', RULES, given)
  if (checked.client) refuseBesideClient(checked)
  const options = checked.client ? checked : withEnvironment(checked)
  const { client, name, version, beta, maxOutputTokens, headers, maxEventBytes, maxAnswerBytes } = options
  const carrier = client ? sdkCarrier(client) : fetchCarrier(options.fetch)
  const baseUrl = carrier.baseUrl ?? withoutVersion(options.baseUrl ?? 'https://api.anthropic.com')
  return {
    name,
    baseUrl,
    carrier,
    beta,
    maxOutputTokens,
    credential: credentialOf(options, client !== undefined),
    hasClient: client !== undefined,
    limits: { maxEventBytes, maxAnswerBytes },
    headers: { ...headers },
    ...(version !== undefined && { version }),
    data: { ...dataOf<AnthropicOptions>(RULES, options), baseUrl },
  }
}

/** An address with `/v1` at its end means the same: the API's paths begin with it. */
const withoutVersion = (url: string): string => url.replace(/\/+$/, '').replace(/\/v1$/, '')

type CheckedOptions = Checked<AnthropicOptions, typeof RULES>

const CLIENTS_OWN = ['apiKey', 'authToken', 'baseUrl', 'fetch'] as const

function refuseBesideClient(options: CheckedOptions): void {
  const field = CLIENTS_OWN.find((name) => options[name] !== undefined)
  if (field === undefined) return
  const remedy = 'set it on the client, or leave out client'
  throw new OptionError({ owner: 'anthropic', field, value: 'given beside client', remedy })
}

const ENVIRONMENT = {
  apiKey: 'ANTHROPIC_API_KEY',
  authToken: 'ANTHROPIC_AUTH_TOKEN',
  baseUrl: 'ANTHROPIC_BASE_URL',
} as const

/** What stands in the environment for options that were not given, held to the same rules; one credential, the key before the token. */
function withEnvironment(options: CheckedOptions): CheckedOptions {
  const found = environmentOf(ENVIRONMENT, options)
  const hasKey = options.apiKey !== undefined || options.authToken !== undefined
  if (hasKey) delete found.apiKey
  if (hasKey || found.apiKey !== undefined) delete found.authToken
  const checked = checkOptions<AnthropicOptions, typeof RULES>('anthropic (environment)', RULES, found)
  return { ...options, ...checked, ...options }
}
