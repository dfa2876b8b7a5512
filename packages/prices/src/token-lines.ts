import type { NoPrice, PriceRequest, Usage } from '@cepa/core'
import type { Rates } from './rates.ts'
import type { PartKind } from './service-tiers.ts'

/** A part of a usage with the rate that it is billed at. */
export interface Line {
  /** Its name in the price. */
  readonly part: string
  readonly kind: PartKind
  readonly tokens: number
  /** Key of its rate. */
  readonly rate: string
}

const unknown = (reason: string): NoPrice => ({ unknown: reason })

type Counts = { readonly [K in keyof Usage & `${string}Tokens`]-?: number }

function countsOf(usage: Usage): Counts {
  const { cacheWriteHourTokens = 0, cacheWriteTokens = cacheWriteHourTokens } = usage
  return {
    inputTokens: usage.inputTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    cacheReadTokens: usage.cacheReadTokens ?? 0,
    cacheWriteTokens,
    cacheWriteHourTokens,
    reasoningTokens: usage.reasoningTokens ?? 0,
    audioInputTokens: usage.audioInputTokens ?? 0,
    audioOutputTokens: usage.audioOutputTokens ?? 0,
    imageInputTokens: usage.imageInputTokens ?? 0,
    imageOutputTokens: usage.imageOutputTokens ?? 0,
  }
}

/** Why a usage does not say enough to price it, if it does not. */
function missing(usage: Usage, { operation }: PriceRequest, rates: Rates): string | undefined {
  if (usage.inputTokens === undefined) return 'the input tokens are not known'
  if (usage.outputTokens === undefined && operation !== 'embed') return 'the output tokens are not known'
  const { cacheWriteTokens: write = 0, cacheWriteHourTokens: hour, reasoningTokens: reasoning } = usage
  if (write > 0 && hour === undefined && 'cache_write_1h_mtok' in rates) {
    return 'it is not told how much was written to the cache for 5 minutes and how much for 1 hour'
  }
  return hasReasoningRate(rates) && reasoning === undefined
    ? 'the reasoning tokens, which have a price of their own, are not told'
    : undefined
}

const hasReasoningRate = (rates: Rates): boolean =>
  'output_reasoning_mtok' in rates && rates.output_reasoning_mtok !== rates.output_mtok

/**
 * Divides a usage into parts that are billed at one rate each. Media that are billed like text (`imagesAsText`) stay in the input.
 * Unknown where the usage leaves open how much there is of a part, or contradicts itself.
 */
export function linesOf(asked: PriceRequest, rates: Rates, imagesAsText: boolean): readonly Line[] | NoPrice {
  const reason = missing(asked.usage, asked, rates)
  if (reason !== undefined) return unknown(reason)
  const counts = countsOf(asked.usage)
  const images = imagesAsText ? 0 : counts.imageInputTokens
  const cached = counts.cacheReadTokens + counts.cacheWriteTokens
  if (counts.audioInputTokens + images > 0 && cached > 0) {
    return unknown('it is not told how much of the audio or images came from the cache')
  }
  const reasoning = hasReasoningRate(rates) ? counts.reasoningTokens : 0
  const plain = counts.inputTokens - cached - counts.audioInputTokens - images
  const said = counts.outputTokens - counts.audioOutputTokens - counts.imageOutputTokens - reasoning
  const write = 'cache_write_5m_mtok' in rates ? 'cache_write_5m_mtok' : 'cache_write_mtok'
  const parts: readonly (readonly [Line['kind'], string, number, string])[] = [
    ['input', 'input', plain, 'input_mtok'],
    ['input', 'audioInput', counts.audioInputTokens, 'input_audio_mtok'],
    ['input', 'imageInput', images, 'input_image_mtok'],
    ['cache', 'cacheRead', counts.cacheReadTokens, 'cache_read_mtok'],
    ['cache', 'cacheWrite', counts.cacheWriteTokens - counts.cacheWriteHourTokens, write],
    ['cache', 'cacheWriteHour', counts.cacheWriteHourTokens, 'cache_write_1h_mtok'],
    ['output', 'output', said, 'output_mtok'],
    ['output', 'reasoning', reasoning, 'output_reasoning_mtok'],
    ['output', 'audioOutput', counts.audioOutputTokens, 'output_audio_mtok'],
    ['output', 'imageOutput', counts.imageOutputTokens, 'output_image_mtok'],
  ]
  const lines = parts.map(([kind, part, tokens, rate]) => ({ kind, part, tokens, rate }))
  const wrong = lines.find(({ tokens }) => tokens < 0)
  if (wrong)
    return unknown(`the counts contradict each other: the parts are more than the ${wrong.kind} tokens together`)
  return lines.filter(({ tokens }) => tokens > 0)
}
