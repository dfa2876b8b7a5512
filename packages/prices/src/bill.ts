import type { MediaKind, NoPrice, Price, PriceOrigin, PriceRequest } from '@cepa/core'
import { isBilledAsText, mediaProblem } from './media-rules.ts'
import type { PriceOverride } from './overrides.ts'
import { isLongContext, PER_TOKENS, PER_USES, priceAt, type Rates } from './rates.ts'
import { mayHideToolUses, rateOfTool } from './server-tools.ts'
import { type PartKind, ruleFor, type TierRule, tiersOf } from './service-tiers.ts'
import { type Line, linesOf } from './token-lines.ts'

/** What an attempt is billed by. */
export interface Tariff {
  /** Id of the provider in the data. */
  readonly provider: string
  /** Id of the model in the data, or its name. */
  readonly model: string
  readonly rates: Rates
  readonly origin: PriceOrigin
  readonly override: PriceOverride | undefined
}

interface TierFactors {
  readonly factors: TierRule['factors']
  readonly origin: PriceOrigin | undefined
}

/**
 * Rates whose quantity no usage tells; a model of the table that has one has no known price. That of a request is one of them: in the
 * data it is the highest of several.
 */
const UNTOLD =
  /^(?:requests_kcount|output_citation_mtok|output_video_mtok|input_text_messages_kcount|input_mchars|.*pixels)$/

const unknown = (reason: string): NoPrice => ({ unknown: reason })

/** What a tier changes: by the user's own word, else by rule. */
function tierFactors(
  tier: string,
  { provider, model, rates, override }: Tariff,
  inputTokens: number,
): TierFactors | NoPrice {
  const own = override?.serviceTiers?.[tier]
  if (own !== undefined) return { factors: { input: own, cache: own, output: own }, origin: undefined }
  const rule = override?.rates ? undefined : ruleFor(provider, model, tier)
  if (rule === undefined) return unknown(`there is no price for ${tier} at ${provider}`)
  if (rule.shortContextOnly && isLongContext(rates.input_mtok, inputTokens)) {
    return unknown(`there is no price for ${tier} with a long context`)
  }
  return rule
}

/** What all tiers of an attempt change together. */
function factorsOf(asked: PriceRequest, tariff: Tariff): readonly TierFactors[] | NoPrice {
  const found: TierFactors[] = []
  for (const tier of tiersOf(asked, tariff.provider)) {
    const factors = tierFactors(tier, tariff, asked.usage.inputTokens ?? 0)
    if ('unknown' in factors) return factors
    found.push(factors)
  }
  return found
}

/** What a line costs; the factor is that of the tiers on its kind. */
function priceOf({ part, tokens, rate: key }: Line, asked: PriceRequest, tariff: Tariff): number | NoPrice {
  const rate = tariff.rates[key]
  if (rate === undefined) return unknown(`${tariff.model} has no price for ${part} tokens`)
  return (priceAt(rate, asked.usage.inputTokens ?? 0) * tokens) / PER_TOKENS
}

/** Prices the lines of tokens. */
function priceLines(
  lines: readonly Line[],
  asked: PriceRequest,
  tariff: Tariff & { readonly tiers: readonly TierFactors[] },
): Map<string, number> | NoPrice {
  const parts = new Map<string, number>()
  for (const line of lines) {
    const usd = priceOf(line, asked, tariff)
    if (typeof usd === 'object') return usd
    const factor = factorOn(line.kind, tariff.tiers)
    if (factor === undefined) return unknown(`there is no price for ${line.part} tokens in this service tier`)
    parts.set(line.part, usd * factor)
  }
  return parts
}

const factorOn = (kind: PartKind, tiers: readonly TierFactors[]): number | undefined =>
  tiers.reduce<number | undefined>((product, { factors }) => times(product, factors[kind]), 1)

const times = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a * b

/** Adds what is billed by use: tools that run at the provider, and the request itself. */
function addUses(
  parts: Map<string, number>,
  { usage }: PriceRequest,
  { rates, provider, model }: Tariff,
): NoPrice | undefined {
  const add = (part: string, rate: Rates[string], uses: number): void => {
    parts.set(part, (priceAt(rate, usage.inputTokens ?? 0) * uses) / PER_USES)
  }
  for (const [tool, uses] of Object.entries(usage.serverToolUses ?? {})) {
    if (uses === 0) continue
    const key = rateOfTool(provider, tool)
    const rate = key === 0 ? 0 : rates[key ?? '']
    if (rate === undefined) return unknown(`${model} has no price for uses of ${tool}`)
    add(tool, rate, uses)
  }
  if (rates.requests_kcount !== undefined) add('request', rates.requests_kcount, 1)
  return undefined
}

function asPrice(parts: ReadonlyMap<string, number>, origins: readonly (PriceOrigin | undefined)[]): Price {
  const told = origins.filter((origin) => origin !== undefined)
  return {
    usd: [...parts.values()].reduce((sum, usd) => sum + usd, 0),
    parts: Object.fromEntries(parts),
    source: told.map(({ source }) => source).join(', '),
    date: told.map((origin) => origin.date).sort()[0] as string,
  }
}

/** Prices one attempt by a tariff: each part at its own rate, or the whole is unknown. */
export function bill(asked: PriceRequest, tariff: Tariff): Price | NoPrice {
  const { provider, rates, model, override, origin } = tariff
  const asText = (kind: MediaKind): boolean =>
    (override?.mediaAsText?.includes(kind) ?? false) || isBilledAsText(kind, provider, rates)
  const untold = override?.rates ? undefined : Object.keys(rates).find((key) => UNTOLD.test(key))
  if (untold) return unknown(`${model} is billed by ${untold} too, which no usage tells`)
  if (mayHideToolUses(asked, provider)) return unknown('the uses of the provider’s own tools are not told')
  const open = mediaProblem(asked, asText)
  if (open) return unknown(open)
  const tiers = factorsOf(asked, tariff)
  if ('unknown' in tiers) return tiers
  const lines = linesOf(asked, rates, asText('image'))
  if ('unknown' in lines) return lines
  const parts = priceLines(lines, asked, { ...tariff, tiers })
  if (!(parts instanceof Map)) return parts
  return addUses(parts, asked, tariff) ?? asPrice(parts, [origin, ...tiers.map((tier) => tier.origin)])
}
