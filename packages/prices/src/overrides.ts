import {
  group,
  list,
  type MediaKind,
  number,
  OptionError,
  type OptionRules,
  oneOf,
  type Rule,
  record,
  required,
  text,
} from '@cepa/core'
import { isRate, RATE_KEYS, type Rates, type TieredRate } from './rates.ts'

/** A price of the user's own: a contract, a gateway, a model that the data does not have. Data through and through. */
export interface PriceOverride {
  /** Name of the adapter. */
  readonly provider: string
  /** The model as it is asked for or answers, or its beginning and `*`. Default: all models. */
  readonly model?: string
  /** Instead of the table's rates, all of them. Default: the table's. */
  readonly rates?: Rates
  /** Factors on the rates by service tier (`{ priority: 1.75 }`), or by an option of the request and its value (`speed:fast`). */
  readonly serviceTiers?: Readonly<Record<string, number>>
  /** Media that the provider bills like text. */
  readonly mediaAsText?: readonly MediaKind[]
  /** Where the rates come from. Default: `override`. */
  readonly source?: string
  /** Of what day they are, as `YYYY-MM-DD`; needed with `rates`. */
  readonly date?: string
}

/** A day as it stands in an option. */
export const day: Rule<string> = text({ pattern: /^\d{4}-(?:0[1-9]|1[0-2])-\d{2}$/, expects: 'a day as YYYY-MM-DD' })

const rate: Rule<number | TieredRate> = {
  expects: 'a number of at least 0, or { base, tiers: [{ start, price }] } of such',
  kind: 'data',
  accepts: isRate,
}

const anyRates = record(rate)

/** Rates by their keys; one that is misspelt would leave its part without a price. */
const rates: Rule<Rates> = {
  ...anyRates,
  accepts: (value): value is Rates => anyRates.accepts(value) && Object.keys(value).every(isKnown),
  locate(value) {
    const strange = Object.keys(Object(value)).find((key) => !isKnown(key))
    if (strange === undefined) return anyRates.locate?.(value)
    return { path: strange, value: (value as Rates)[strange], expects: `left out; rates are ${RATE_KEYS.join(', ')}` }
  },
}

const isKnown = (key: string): boolean => RATE_KEYS.includes(key)

const FIELDS: OptionRules<PriceOverride> = {
  provider: required(text({ expects: 'the name of an adapter' })),
  model: text({ expects: 'the name of a model, or its beginning and *' }),
  rates,
  serviceTiers: record(number({ min: 0 })),
  mediaAsText: list<MediaKind>(oneOf(['image', 'audio', 'video', 'document'])),
  source: text(),
  date: day,
}

const fields = group<PriceOverride>(FIELDS)

/** One override. A field that there is not is told with those that there are. */
export const override: Rule<PriceOverride> = {
  ...fields,
  expects: 'an override with a provider',
  locate(value) {
    const found = fields.locate?.(value)
    return found?.expects === ''
      ? { ...found, expects: `left out; the fields are ${Object.keys(FIELDS).join(', ')}` }
      : found
  },
}

/** What no rule for a single field can say. @throws {OptionError} */
export function checkDates(overrides: readonly PriceOverride[]): void {
  const undated = overrides.findIndex(({ rates: own, date }) => own !== undefined && date === undefined)
  if (undated === -1) return
  throw new OptionError({
    owner: 'prices',
    field: `overrides.${undated}.date`,
    value: 'absent',
    remedy: 'it must say of what day the rates are, as YYYY-MM-DD: a price carries its date',
  })
}

const covers = (pattern: string | undefined, model: string): boolean => {
  if (pattern === undefined) return true
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern
}

/** The first override for a provider and one of a model's names. */
export const overrideFor = (
  overrides: readonly PriceOverride[],
  provider: string,
  models: readonly string[],
): PriceOverride | undefined =>
  overrides.find((each) => each.provider === provider && models.some((model) => covers(each.model, model)))
