import {
  type Attempt,
  type AttemptCost,
  type CallCost,
  leastCertain,
  type MediaKind,
  type PriceOrigin,
  type PriceRequest,
  type PriceTable,
  type Usage,
} from '@cepa/core'
import type { AttemptUsage } from './attempt-usage.ts'
import { receivedMedia } from './media.ts'

/** What a price depends on beside the attempt. */
export interface CostContext {
  readonly prices: PriceTable
  readonly operation: PriceRequest['operation']
  readonly providerOptions: PriceRequest['providerOptions']
  readonly sent: readonly MediaKind[]
  /** Turns `clock.now()` into milliseconds since the Unix epoch. */
  readonly epochMsOf: (at: number) => number
}

const UNKNOWN_USAGE = 'it is not known what the attempt used'

function askedFor(attempt: Attempt, usage: Usage, context: CostContext): PriceRequest {
  const { operation, providerOptions, sent, epochMsOf } = context
  const { provider, model, startedAt, ending } = attempt
  const answeredBy = ending?.completion.model
  return {
    provider,
    model,
    ...(answeredBy !== undefined && { answeredBy }),
    operation,
    usage,
    epochMs: epochMsOf(startedAt),
    ...(providerOptions && { providerOptions }),
    sent,
    received: ending ? receivedMedia(ending.completion) : [],
  }
}

/** What one attempt cost. @throws what the table throws. */
export function costOfAttempt(attempt: Attempt, used: AttemptUsage, context: CostContext): AttemptCost {
  if (!used.billed) return { usd: 0 }
  const { usage } = used
  if (usage === undefined) return { unknown: UNKNOWN_USAGE }
  const price = context.prices.price(askedFor(attempt, usage, context))
  const basis = usage.source
  if ('unknown' in price) return { unknown: price.unknown, basis }
  const { usd, parts, source, date } = price
  return { usd, basis, parts, prices: { source, date } }
}

function originOf(attempts: readonly AttemptCost[]): PriceOrigin | undefined {
  const origins = attempts.flatMap(({ prices }) => prices ?? [])
  if (origins.length === 0) return undefined
  const dates = origins.map(({ date }) => date).sort()
  return { source: [...new Set(origins.map(({ source }) => source))].join(', '), date: dates[0] as string }
}

/** What all attempts together cost; unknown if any of them is. */
export function costOfCall(attempts: readonly AttemptCost[]): CallCost {
  const unknown = attempts.find((attempt) => attempt.unknown !== undefined)?.unknown
  const basis = leastCertain(attempts.flatMap((attempt) => attempt.basis ?? []))
  const prices = originOf(attempts)
  return {
    ...(unknown === undefined ? { usd: attempts.reduce((sum, { usd = 0 }) => sum + usd, 0) } : { unknown }),
    ...(basis && { basis }),
    attempts,
    ...(prices && { prices }),
  }
}
