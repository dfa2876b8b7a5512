import type { PriceOrigin } from '@cepa/core'
import { findProvider } from '@pydantic/genai-prices'
import type { ProviderPrices } from './price-data.ts'

/** The data that comes with the package, and the day on which that version of it was published. A test holds it to what is installed. */
export const BUNDLED: PriceOrigin = { source: '@pydantic/genai-prices 0.1.8', date: '2026-09-23' }

/** A provider of the data that comes with the package. Its name must be exact: an adapter that has `openai` in its name need not be OpenAI. */
export function bundledProvider(id: string): ProviderPrices | undefined {
  const found = findProvider({ providerId: id })
  return found?.id === id ? (found as object as ProviderPrices) : undefined
}
