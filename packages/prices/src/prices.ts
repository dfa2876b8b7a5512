import { type NoPrice, OptionError, type PriceOrigin, type PriceRequest, type PriceTable } from '@cepa/core'
import { bill, type Tariff } from './bill.ts'
import { Catalogue } from './catalogue.ts'
import { ratesAt } from './dated-rates.ts'
import { download } from './download.ts'
import { overrideFor, type PriceOverride } from './overrides.ts'
import { checkPriceData } from './price-data.ts'
import { checkPricesOptions, checkUpdate, type PricesOptions, type PriceUpdate } from './prices-options.ts'

/** A price table that can be brought up to date. */
export interface Prices extends PriceTable {
  /** Where the table comes from, and of what day it is. */
  readonly origin: PriceOrigin
  /**
   * Takes newer data: what is given, or what is fetched. From then on attempts are priced by it. When anything is wrong with it, the
   * table stays as it was.
   *
   * @throws {OptionError} for data that cannot be right, naming the place.
   * @throws {ProviderError} with the provider `prices`, when the data cannot be had.
   */
  update(from?: PriceUpdate): Promise<PriceOrigin>
}

/** Names of adapters that the data has under another. */
const PROVIDERS: Readonly<Record<string, string>> = {
  gemini: 'google',
  vertex: 'google',
  bedrock: 'aws',
  xai: 'x-ai',
}

/**
 * Prices of models by the data of `@pydantic/genai-prices`, with its date: input and output, cache reads and writes (5 minutes, 1 hour),
 * tiers of long context, batch and service tiers, audio, images, paid server tools. A part without a price or rule of its own makes the
 * price unknown, with the reason. Each `prices()` has data of its own.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const table = prices({ overrides: [{ provider: 'ollama', rates: { input_mtok: 0, output_mtok: 0 }, date: '2026-01-01' }] })
 * const chat = pipeline(openai(), tokenCount({ prices: table }))
 * await table.update()
 */
export function prices(options?: PricesOptions): Prices {
  const settings = checkPricesOptions(options)
  const { overrides, url } = settings
  const names = { ...PROVIDERS, ...settings.providers }
  let catalogue = new Catalogue()
  let updates = 0
  let newest = 0

  const fetched = async (): Promise<{ readonly data: unknown } & PriceOrigin> => {
    const { data, date } = await download({ url, timeoutMs: settings.timeoutMs, fetch: settings.fetch })
    return { data, source: url, date }
  }

  return {
    get name() {
      return `${catalogue.origin.source} of ${catalogue.origin.date}`
    },
    get origin() {
      return catalogue.origin
    },
    price: (asked) => {
      const tariff = tariffFor(asked, { catalogue, overrides, names })
      return 'unknown' in tariff ? tariff : bill(asked, tariff)
    },
    async update(from = {}) {
      const given = checkUpdate(from)
      updates += 1
      const own = updates
      const { data, source, date } = given.data ? givenData(given) : { ...(await fetched()), ...named(given) }
      const next = new Catalogue(checkPriceData(data, 'prices.update'), { source, date })
      // of two updates that overlap, the one that was asked for last stays
      if (own > newest) {
        newest = own
        catalogue = next
      }
      return catalogue.origin
    },
  }
}

const named = ({ source, date }: PriceUpdate): Partial<PriceOrigin> => ({
  ...(source !== undefined && { source }),
  ...(date !== undefined && { date }),
})

function givenData({ data, source, date }: PriceUpdate): { readonly data: unknown } & PriceOrigin {
  const field = source === undefined ? 'source' : 'date'
  if (source !== undefined && date !== undefined) return { data, source, date }
  throw new OptionError({
    owner: 'prices.update',
    field,
    value: 'absent',
    remedy: `with data of your own it must be given: a price carries its source and date`,
  })
}

interface Lookup {
  readonly catalogue: Catalogue
  readonly overrides: readonly PriceOverride[]
  readonly names: Readonly<Record<string, string>>
}

/** What an attempt is billed by: the user's own rates, else the table's. */
function tariffFor(asked: PriceRequest, { catalogue, overrides, names }: Lookup): Tariff | NoPrice {
  const models = asked.answeredBy === undefined ? [asked.model] : [asked.answeredBy, asked.model]
  const override = overrideFor(overrides, asked.provider, models)
  const provider = Object.hasOwn(names, asked.provider) ? (names[asked.provider] as string) : asked.provider
  const listed = models.map((model) => catalogue.find(provider, model)).find((found) => found !== undefined)
  const model = listed?.id ?? (models[0] as string)
  if (override?.rates) {
    const origin = { source: override.source ?? 'override', date: override.date as string }
    return { provider, model, rates: override.rates, origin, override }
  }
  if (listed === undefined) return { unknown: reasonFor(asked, provider, catalogue) }
  return { provider, model, rates: ratesAt(listed, asked.epochMs), origin: catalogue.origin, override }
}

const reasonFor = ({ provider: name, model }: PriceRequest, provider: string, catalogue: Catalogue): string =>
  catalogue.has(provider)
    ? `the table has no model ${model} of ${provider}`
    : `the table has no provider ${name} (say which one it is by the option providers, or its prices by overrides)`
