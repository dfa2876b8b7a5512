import {
  anyOf,
  type Checked,
  checkOptions,
  dataOf,
  flag,
  func,
  having,
  integer,
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

/** Options of {@link openai}. What is not given comes from the environment, then from the default. */
export interface OpenaiOptions {
  /** Environment: `OPENAI_API_KEY`. A function is asked at every attempt. */
  readonly apiKey?: ApiKey
  /** Environment: `OPENAI_BASE_URL`. Default: `https://api.openai.com/v1`. */
  readonly baseUrl?: string
  /** Environment: `OPENAI_ORG_ID`. */
  readonly organization?: string
  /** Environment: `OPENAI_PROJECT_ID`. */
  readonly project?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Carries the requests. Default: on Node undici's client without time limits, elsewhere the platform's `fetch`. */
  readonly fetch?: Fetch
  /** Your own client of the `openai` package carries the requests: base URL, key and signing are its own, its retries are off. */
  readonly client?: SdkClient
  /** Most bytes of one event of a stream. Default: 16 MiB. */
  readonly maxEventBytes?: number
  /** Most bytes of a whole answer. Default: 256 MiB. */
  readonly maxAnswerBytes?: number
  /** Whether streams are asked for their usage (`stream_options.include_usage`). Default: true. */
  readonly streamUsage?: boolean
  /** The provider's name in records, errors and cache keys, for servers that speak OpenAI's language. Default: `openai`. */
  readonly name?: string
}

const URL_FORM = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/
const KEY_FORM = /^[\x21-\x7e]+$/

const RULES = {
  apiKey: anyOf(
    text({ pattern: KEY_FORM, expects: 'a key without spaces or line breaks', secret: true }),
    func<() => string | Promise<string>>(),
  ),
  baseUrl: text({ pattern: URL_FORM, expects: 'an http or https address without query, credentials or fragment' }),
  organization: text(),
  project: text(),
  headers: record(text(), { secret: true }),
  fetch: func<Fetch>(),
  client: having<SdkClient>('post'),
  maxEventBytes: integer({ min: 1, default: MAX_EVENT_BYTES }),
  maxAnswerBytes: integer({ min: 1, default: MAX_ANSWER_BYTES }),
  streamUsage: flag({ default: true }),
  name: text({ pattern: /^[a-z][\w.-]*$/i, expects: 'a name of letters, digits, dots and dashes', default: 'openai' }),
} satisfies OptionRules<OpenaiOptions>

/** What the adapter works with. */
export interface Settings {
  readonly name: string
  readonly baseUrl: string
  /** Absent where a client has it. */
  readonly apiKey?: ApiKey
  readonly headers: Readonly<Record<string, string>>
  readonly carrier: Carrier
  readonly limits: { readonly maxEventBytes: number; readonly maxAnswerBytes: number }
  readonly streamUsage: boolean
  /** For `explain()`. */
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Options, completed from the environment and checked.
 *
 * @throws {OptionError} for an option that cannot be right, a missing key, and what contradicts `client`.
 */
export function settingsOf(given: OpenaiOptions | undefined): Settings {
  const checked = checkOptions('openai', RULES, given)
  if (checked.client) refuseBesideClient(checked)
  const options = checked.client ? checked : withEnvironment(checked)
  const { client, name, apiKey, headers, maxEventBytes, maxAnswerBytes, streamUsage } = options
  if (client === undefined && apiKey === undefined) throw missingKey()
  const carrier = client ? sdkCarrier(client) : fetchCarrier(options.fetch)
  const baseUrl = carrier.baseUrl ?? options.baseUrl ?? 'https://api.openai.com/v1'
  return {
    name,
    baseUrl,
    carrier,
    streamUsage,
    limits: { maxEventBytes, maxAnswerBytes },
    ...(apiKey !== undefined && { apiKey }),
    headers: {
      ...(options.organization !== undefined && { 'openai-organization': options.organization }),
      ...(options.project !== undefined && { 'openai-project': options.project }),
      ...headers,
    },
    data: { ...dataOf<OpenaiOptions>(RULES, options), baseUrl },
  }
}

type CheckedOptions = Checked<OpenaiOptions, typeof RULES>

const CLIENTS_OWN = ['apiKey', 'baseUrl', 'organization', 'project', 'fetch'] as const

function refuseBesideClient(options: CheckedOptions): void {
  const field = CLIENTS_OWN.find((name) => options[name] !== undefined)
  if (field === undefined) return
  const remedy = 'set it on the client, or leave out client'
  throw new OptionError({ owner: 'openai', field, value: 'given beside client', remedy })
}

const ENVIRONMENT = {
  apiKey: 'OPENAI_API_KEY',
  baseUrl: 'OPENAI_BASE_URL',
  organization: 'OPENAI_ORG_ID',
  project: 'OPENAI_PROJECT_ID',
} as const

/** What stands in the environment for options that were not given, held to the same rules. */
function withEnvironment(options: CheckedOptions): CheckedOptions {
  const found = environmentOf(ENVIRONMENT, options)
  return { ...options, ...checkOptions<OpenaiOptions, typeof RULES>('openai (environment)', RULES, found), ...options }
}

const missingKey = (): OptionError =>
  new OptionError({
    owner: 'openai',
    field: 'apiKey',
    value: 'missing',
    remedy:
      'give apiKey (a string, or a function that gives it), set OPENAI_API_KEY, or give a client of the openai package',
  })
