import { OptionError } from '@cepa/core'
import { checkTime } from './dated-rates.ts'
import type { NameMatch } from './match-name.ts'
import { isRate, type Rates } from './rates.ts'

/** When rates hold: from a day on, or between two times of each day (UTC, `hh:mm:ssZ`), which may span midnight. */
export type RateConstraint =
  | { readonly start_date: string }
  | { readonly start_time: string; readonly end_time: string }

/** Rates that hold at some times. */
export interface DatedRates {
  readonly constraint?: RateConstraint
  readonly prices: Rates
}

/** A model of the data. */
export interface ModelPrices {
  readonly id: string
  readonly match: NameMatch
  readonly prices: Rates | readonly DatedRates[]
}

/** A provider of the data. */
export interface ProviderPrices {
  readonly id: string
  readonly models: readonly ModelPrices[]
  /** Providers whose models this one offers at their prices. */
  readonly fallback_model_providers?: readonly string[]
}

/** Price data in the form of `@pydantic/genai-prices`. */
export type PriceData = readonly ProviderPrices[]

type Found = { readonly path: string; readonly value: string; readonly remedy: string }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function problemOfRates(rates: unknown, path: string): Found | undefined {
  if (!isObject(rates)) return { path, value: shown(rates), remedy: 'it must be an object of rates' }
  const wrong = Object.entries(rates).find(([, rate]) => !isRate(rate))
  if (wrong === undefined) return undefined
  const remedy = 'it must be a number of at least 0, or { base, tiers: [{ start, price }] } of such'
  return { path: `${path}.${wrong[0]}`, value: shown(wrong[1]), remedy }
}

function problemOfDated(dated: unknown, path: string): Found | undefined {
  const { constraint, prices } = Object(dated) as { constraint?: unknown; prices?: unknown }
  const { start_date: day, start_time: from, end_time: to } = Object(constraint) as Record<string, unknown>
  const known =
    constraint === undefined ||
    (typeof day === 'string' && !Number.isNaN(Date.parse(day))) ||
    (checkTime(from) && checkTime(to))
  if (known) return problemOfRates(prices, `${path}.prices`)
  return {
    path: `${path}.constraint`,
    value: shown(constraint),
    remedy: 'it must have a start_date, or start_time and end_time',
  }
}

function problemOfModel(model: unknown, path: string): Found | undefined {
  const { id, match, prices } = Object(model) as Partial<Record<keyof ModelPrices, unknown>>
  if (typeof id !== 'string') return { path: `${path}.id`, value: shown(id), remedy: 'it must be a string' }
  if (!isObject(match))
    return { path: `${path}.match`, value: shown(match), remedy: 'it must say how the model is recognised' }
  if (!Array.isArray(prices)) return problemOfRates(prices, `${path}.prices`)
  return firstOf(prices, (dated, index) => problemOfDated(dated, `${path}.prices[${index}]`))
}

function problemOfProvider(provider: unknown, path: string): Found | undefined {
  const { id, models } = Object(provider) as Partial<Record<keyof ProviderPrices, unknown>>
  if (typeof id !== 'string') return { path: `${path}.id`, value: shown(id), remedy: 'it must be a string' }
  if (!Array.isArray(models)) return { path: `${path}.models`, value: shown(models), remedy: 'it must be a list' }
  return firstOf(models, (model, index) => problemOfModel(model, `${path}.models[${index}]`))
}

function firstOf<T, R>(list: readonly T[], find: (item: T, index: number) => R | undefined): R | undefined {
  for (const [index, item] of list.entries()) {
    const found = find(item, index)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Checks price data whole, before any of it is used.
 *
 * @throws {OptionError} for the first place that cannot be right.
 */
export function checkPriceData(data: unknown, owner: string): PriceData {
  const problem =
    Array.isArray(data) && data.length > 0
      ? firstOf(data, (provider, index) => problemOfProvider(provider, `data[${index}]`))
      : {
          path: 'data',
          value: shown(data),
          remedy: 'it must be a list of providers, as @pydantic/genai-prices publishes it',
        }
  if (problem === undefined) return data as PriceData
  throw new OptionError({ owner, field: problem.path, value: problem.value, remedy: problem.remedy })
}
