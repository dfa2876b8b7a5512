/**
 * A price that depends on the length of the request: `base`, or the price of the last tier whose `start` the input tokens exceed. The tier
 * holds for the whole request, not for what is beyond its start.
 */
export interface TieredRate {
  readonly base: number
  readonly tiers: readonly { readonly start: number; readonly price: number }[]
}

/**
 * What a model costs, in US dollars, by the keys of `@pydantic/genai-prices`: `input_mtok`, `output_mtok`, `cache_read_mtok`,
 * `cache_write_mtok`, `cache_write_1h_mtok`, `input_audio_mtok`, `output_image_mtok`, … for a million tokens, `web_searches_kcount`, … for
 * a thousand uses.
 *
 * @see https://github.com/pydantic/genai-prices/blob/main/prices/units.yml
 */
export type Rates = Readonly<Record<string, number | TieredRate>>

/** Tokens that a rate ending in `_mtok` is for. */
export const PER_TOKENS = 1_000_000

/** Uses that a rate ending in `_kcount` is for. */
export const PER_USES = 1_000

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

const isTier = (value: unknown): boolean => {
  const { start, price } = Object(value) as Partial<TieredRate['tiers'][number]>
  return isAmount(start) && isAmount(price)
}

/** Whether a value is a rate. */
export function isRate(value: unknown): value is number | TieredRate {
  if (isAmount(value)) return true
  const { base, tiers } = Object(value) as Partial<TieredRate>
  return isAmount(base) && Array.isArray(tiers) && tiers.every(isTier)
}

/** Whether the input is so long that a higher tier of a rate holds. */
export const isLongContext = (rate: number | TieredRate | undefined, inputTokens: number): boolean =>
  typeof rate === 'object' && rate.tiers.some(({ start }) => inputTokens > start)

/** The price of a rate for a request of so many input tokens. */
export function priceAt(rate: number | TieredRate, inputTokens: number): number {
  if (typeof rate === 'number') return rate
  const reached = rate.tiers.filter(({ start }) => inputTokens > start).toSorted((a, b) => a.start - b.start)
  return reached.at(-1)?.price ?? rate.base
}

/** Every rate that an attempt can be billed by. */
export const RATE_KEYS: readonly string[] = [
  'input_mtok',
  'output_mtok',
  'cache_read_mtok',
  'cache_write_mtok',
  'cache_write_5m_mtok',
  'cache_write_1h_mtok',
  'input_audio_mtok',
  'input_image_mtok',
  'output_audio_mtok',
  'output_image_mtok',
  'output_reasoning_mtok',
  'web_searches_kcount',
  'storage_searches_kcount',
  'social_searches_kcount',
  'code_executions_kcount',
  'requests_kcount',
]
