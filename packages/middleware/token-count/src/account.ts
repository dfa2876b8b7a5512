import {
  type Attempt,
  type AttemptCost,
  type Call,
  type CallCost,
  type CallUsage,
  type Ending,
  type PriceTable,
  sumUsage,
  type Tokenizer,
  type Usage,
} from '@cepa/core'
import { type AttemptUsage, usageOfAttempt } from './attempt-usage.ts'
import { type CostContext, costOfAttempt, costOfCall } from './call-cost.ts'
import { Estimate } from './estimate.ts'
import { sentMedia } from './media.ts'

/** What calls are accounted by. */
export interface AccountSettings {
  readonly estimate: boolean
  readonly tokenizer: Tokenizer
  readonly imageTokens: number
  readonly prices: PriceTable | undefined
}

/** What is accounted: the attempts of one pass, and how it ended. */
export interface Accounted {
  readonly call: Call
  readonly attempts: readonly Attempt[]
  readonly ending: Ending
  /** Arguments of tool calls that were cut short. */
  readonly pieces: readonly string[]
}

/** One attempt with what it used and cost. */
export interface AttemptAccount {
  readonly attempt: Attempt
  readonly used: AttemptUsage
  readonly cost: AttemptCost | undefined
}

/** A call's account. */
export interface Account {
  readonly attempts: readonly AttemptAccount[]
  readonly usage: CallUsage
  readonly cost: CallCost | undefined
  /** What a tokenizer or price table threw; what depended on it is unknown. */
  readonly problem: { readonly error: unknown } | undefined
}

/** The attempt that the answer is of: the one that won; for an answer that never reached the caller, the last. */
function answering({ call, attempts, ending }: Accounted): Attempt | undefined {
  const won = attempts.find((attempt) => attempt.won)
  if (won !== undefined) return won
  return ending.kind !== 'done' || call.detached !== undefined ? attempts.at(-1) : undefined
}

function costContext({ clock, operation, request }: Call, prices: PriceTable): CostContext {
  const offset = clock.epochMs() - clock.now()
  const { providerOptions } = request
  return { prices, operation, providerOptions, sent: sentMedia(request), epochMsOf: (at) => Math.round(at + offset) }
}

const usageOf = (used: AttemptUsage | undefined): Usage | undefined => (used?.billed ? used.usage : undefined)

/** Prices each attempt. A table that throws leaves the price unknown. */
function pricesOf(
  accounted: Accounted,
  used: readonly AttemptUsage[],
  prices: PriceTable,
): {
  readonly costs: readonly AttemptCost[]
  readonly problem: Account['problem']
} {
  let problem: Account['problem']
  let context: CostContext | undefined
  const costs = accounted.attempts.map((attempt, index): AttemptCost => {
    try {
      context ??= costContext(accounted.call, prices)
      return costOfAttempt(attempt, used[index] as AttemptUsage, context)
    } catch (error) {
      problem ??= { error }
      return { unknown: `the price table ${prices.name} failed` }
    }
  })
  return { costs, problem }
}

/** What a call used and cost, over all its attempts. */
export function accountOf(accounted: Accounted, settings: AccountSettings): Account {
  const { call, attempts, ending, pieces } = accounted
  const { request, operation } = call
  const estimate = settings.estimate ? new Estimate({ ...settings, request }) : undefined
  const answered = answering(accounted)
  const used = attempts.map((attempt) =>
    usageOfAttempt(attempt, { operation, estimate, pieces: attempt === answered ? pieces : [] }),
  )
  const priced = settings.prices && pricesOf(accounted, used, settings.prices)
  const told = ending.completion.usage
  const answer = told?.source === 'cache' || answered === undefined ? told : usageOf(used[attempts.indexOf(answered)])
  const billed = used.flatMap((each) => (each.billed ? [each.usage] : []))
  const spent = billed.length === 1 ? billed[0] : sumUsage(billed)
  return {
    attempts: attempts.map((attempt, index) => ({
      attempt,
      used: used[index] as AttemptUsage,
      cost: priced?.costs[index],
    })),
    usage: { ...(answer && { answer }), ...(spent && { spent }), attempts: used.map(usageOf) },
    cost: priced && costOfCall(priced.costs),
    problem: estimate?.problem ?? priced?.problem,
  }
}
