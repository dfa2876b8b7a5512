/**
 * Dated prices for `tokenCount({ prices: prices() })`. Needs `npm install @cepa/prices`.
 *
 * @module
 */
export {
  type DatedRates,
  type FetchPrices,
  type ModelPrices,
  type NameMatch,
  type PriceData,
  type PriceOverride,
  type Prices,
  type PricesOptions,
  type PriceUpdate,
  type ProviderPrices,
  prices,
  type RateConstraint,
  type Rates,
  type TieredRate,
} from '@cepa/prices'
