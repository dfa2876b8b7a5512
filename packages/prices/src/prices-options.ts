import { checkOptions, func, integer, list, type OptionRules, record, text } from '@cepa/core'
import { type FetchPrices, PUBLISHED_URL } from './download.ts'
import { checkDates, day, override, type PriceOverride } from './overrides.ts'
import type { PriceData } from './price-data.ts'

/** What {@link prices} takes. All but `fetch` is data. */
export interface PricesOptions {
  /** Prices of your own; the first that fits an attempt is taken. Default: none. */
  readonly overrides?: readonly PriceOverride[]
  /**
   * Which provider of the data an adapter's name stands for, beside those that have the same name. Default
   * `{ gemini: 'google', vertex: 'google', bedrock: 'aws', xai: 'x-ai' }`, which yours are added to.
   */
  readonly providers?: Readonly<Record<string, string>>
  /** Where `update()` fetches from. Default: where `@pydantic/genai-prices` publishes its data. */
  readonly url?: string
  /** How long `update()` waits for it, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
  /** Fetches for `update()`. Default: the platform's `fetch`. */
  readonly fetch?: FetchPrices
}

const address = { pattern: /^https?:\/\//, expects: 'an http or https URL' }

const RULES = {
  overrides: list<PriceOverride, { readonly default: readonly PriceOverride[] }>(override, { default: [] }),
  providers: record<string, { readonly default: Readonly<Record<string, string>> }>(text(), { default: {} }),
  url: text({ ...address, default: PUBLISHED_URL }),
  timeoutMs: integer({ min: 1, default: 30_000 }),
  fetch: func<FetchPrices>(),
} satisfies OptionRules<PricesOptions>

/** Checked options. */
export interface PricesSettings {
  readonly overrides: readonly PriceOverride[]
  readonly providers: Readonly<Record<string, string>>
  readonly url: string
  readonly timeoutMs: number
  readonly fetch: FetchPrices | undefined
}

/** Checks the options. @throws {OptionError} */
export function checkPricesOptions(given: PricesOptions | undefined): PricesSettings {
  const { fetch, ...checked } = checkOptions<PricesOptions, typeof RULES>('prices', RULES, given)
  checkDates(checked.overrides)
  return { ...checked, fetch }
}

/** What {@link Prices.update} takes: data that is there already, or nothing, to fetch it. */
export interface PriceUpdate {
  /** The data, in the form of `@pydantic/genai-prices`. Default: it is fetched. */
  readonly data?: PriceData
  /** Where it comes from. Default: the URL; needed with `data`. */
  readonly source?: string
  /** Of what day it is, as `YYYY-MM-DD`. Default: when the server last changed it, else today; needed with `data`. */
  readonly date?: string
}

const UPDATE_RULES = {
  data: {
    expects: 'a list of providers, as @pydantic/genai-prices publishes it',
    kind: 'data',
    accepts: (value): value is PriceData => Array.isArray(value),
  },
  source: text(),
  date: day,
} satisfies OptionRules<PriceUpdate>

/** Checks what an update was given. @throws {OptionError} */
export function checkUpdate(given: PriceUpdate): PriceUpdate {
  return checkOptions<PriceUpdate, typeof UPDATE_RULES>('prices.update', UPDATE_RULES, given)
}
