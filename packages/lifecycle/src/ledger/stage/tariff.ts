import type { PriceTable } from '@cepa/core'
import type { Tokens } from '../account/tokens.ts'
import { RARE_MODEL } from '../script/script.ts'

/** US dollars for a million tokens. */
const RATES: Readonly<Record<string, { readonly input: number; readonly cached: number; readonly output: number }>> = {
  'gpt-a': { input: 2.5, cached: 1.25, output: 10 },
  'gpt-b': { input: 0.15, cached: 0.075, output: 0.6 },
  'claude-a': { input: 3, cached: 0.3, output: 15 },
  'claude-b': { input: 0.8, cached: 0.08, output: 4 },
  'embed-a': { input: 0.02, cached: 0.02, output: 0 },
}

/** US dollars of some tokens of a model; `undefined` where the price is not known. */
export function usdOf(model: string, tokens: Tokens): number | undefined {
  const rates = RATES[model]
  if (rates === undefined || model === RARE_MODEL) return undefined
  const { inputTokens = 0, cacheReadTokens = 0, outputTokens = 0 } = tokens
  const { input, cached, output } = rates
  return ((inputTokens - cacheReadTokens) * input + cacheReadTokens * cached + outputTokens * output) / 1e6
}

/** The same as a table for `tokenCount()`. */
export const TARIFF: PriceTable = {
  name: 'tariff',
  price({ model, usage }) {
    const usd = usdOf(model, usage)
    if (usd === undefined) return { unknown: `nobody knows what ${model} costs` }
    return { usd, parts: { all: usd }, source: 'the script', date: '2026-01-01' }
  },
}
