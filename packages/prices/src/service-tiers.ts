import type { PriceOrigin, PriceRequest } from '@cepa/core'

/** The parts of a price that a tier changes. Uses of tools cost the same in every tier. */
export type PartKind = 'input' | 'cache' | 'output'

/** What a tier, or another option of the request, does to the prices of a provider's models. */
export interface TierRule {
  readonly provider: string
  readonly tier: string
  /** Factors on the standard price; a kind that is absent has no known price in this tier. */
  readonly factors: Readonly<Partial<Record<PartKind, number>>>
  /** Ids of the models in the data that it holds for. Default: all. */
  readonly models?: readonly string[]
  /** Whether requests in a long-context tier are left out of it. */
  readonly shortContextOnly?: boolean
  readonly origin: PriceOrigin
}

const half: TierRule['factors'] = { input: 0.5, cache: 0.5, output: 0.5 }

/** Of what day these rules are. */
const date = '2026-11-20'

const openaiPriority = (factor: number, ...models: string[]): TierRule => ({
  provider: 'openai',
  tier: 'priority',
  factors: { input: factor, cache: factor, output: factor },
  models,
  shortContextOnly: true,
  origin: { source: 'https://openai.com/api-priority-processing/', date },
})

/** What the providers publish beside their standard prices. A tier that is not here makes a price unknown. */
export const TIER_RULES: readonly TierRule[] = [
  {
    provider: 'anthropic',
    tier: 'batch',
    factors: half,
    origin: { source: 'https://platform.claude.com/docs/en/about-claude/pricing', date },
  },
  {
    provider: 'openai',
    tier: 'batch',
    // the discount is on input and output; cached input has no batch price for all models
    factors: { input: 0.5, output: 0.5 },
    origin: { source: 'https://developers.openai.com/api/docs/guides/batch', date },
  },
  {
    provider: 'openai',
    tier: 'flex',
    factors: half,
    origin: { source: 'https://developers.openai.com/api/docs/guides/flex-processing', date },
  },
  openaiPriority(2.5, 'gpt-5.5'),
  openaiPriority(2, 'gpt-5', 'gpt-5.1', 'gpt-5.2', 'gpt-5.4', 'gpt-5.4-mini'),
  openaiPriority(1.8, 'gpt-5-mini'),
  openaiPriority(1.75, 'gpt-4.1'),
  ...['batch', 'flex'].map(
    (tier): TierRule => ({
      provider: 'google',
      tier,
      factors: { input: 0.5, output: 0.5 },
      origin: { source: 'https://ai.google.dev/gemini-api/docs/optimization', date },
    }),
  ),
  {
    provider: 'google',
    tier: 'priority',
    factors: { input: 1.8, output: 1.8 },
    models: ['gemini-3.7-flash', 'gemini-3.8-flash'],
    origin: { source: 'https://ai.google.dev/gemini-api/docs/pricing', date },
  },
]

/** Options of requests that change the price, and their values that do not. */
const PRICED_OPTIONS: readonly { readonly provider: string; readonly option: string; readonly standard: unknown }[] = [
  { provider: 'anthropic', option: 'speed', standard: 'standard' },
  { provider: 'anthropic', option: 'inference_geo', standard: 'global' },
]

const STANDARD: ReadonlySet<string> = new Set(['standard', 'standard_only', 'default', 'on_demand', 'unspecified'])

/** A tier in the words of the rules: `SERVICE_TIER_FLEX` and `Flex` are `flex`. */
const normal = (tier: string): string => tier.toLowerCase().replace(/^service_tier_/, '')

/** What the request asked for, where the provider has not told what it was billed as. */
function requestedTier({ providerOptions = {} }: PriceRequest): string {
  const asked = providerOptions.service_tier ?? providerOptions.serviceTier
  return typeof asked === 'string' ? normal(asked) : 'standard'
}

/**
 * The tiers that an attempt was billed in, beside the standard one: its service tier, and options of the request that have a price of
 * their own (as `option:value`).
 */
export function tiersOf(asked: PriceRequest, provider: string): readonly string[] {
  const { usage, batch, providerOptions = {} } = asked
  const told = usage.serviceTier === undefined ? requestedTier(asked) : normal(usage.serviceTier)
  const tier = batch ? 'batch' : told
  const options = PRICED_OPTIONS.filter((each) => each.provider === provider).flatMap(({ option, standard }) => {
    const value = providerOptions[option]
    return value === undefined || value === standard ? [] : [`${option}:${value}`]
  })
  return [...(STANDARD.has(tier) ? [] : [tier]), ...options]
}

/** The rule for a tier of a model. */
export const ruleFor = (provider: string, model: string, tier: string): TierRule | undefined =>
  TIER_RULES.find((rule) => rule.provider === provider && rule.tier === tier && (rule.models?.includes(model) ?? true))
