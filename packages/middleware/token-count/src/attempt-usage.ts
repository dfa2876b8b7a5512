import type { Attempt, Operation, Usage } from '@cepa/core'
import { isBilled } from './billing.ts'
import type { Estimate } from './estimate.ts'

/** What an attempt used: nothing, something that is not known, or this. */
export type AttemptUsage = { readonly billed: false } | { readonly billed: true; readonly usage: Usage | undefined }

/** What is needed to tell an attempt's usage. */
export interface UsageContext {
  readonly operation: Operation
  /** Absent where nothing is to be estimated. */
  readonly estimate: Estimate | undefined
  /** Arguments of tool calls of this attempt that were cut short. */
  readonly pieces: readonly string[]
}

const larger = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)

interface Sides {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
}

const known = (counts: Sides): Partial<Usage> =>
  Object.fromEntries(Object.entries(counts).filter(([, tokens]) => tokens !== undefined))

type Ended = Attempt & { readonly ending: NonNullable<Attempt['ending']> }

/** What the provider told, with what it did not get to tell. */
function completed(told: Usage, { ending }: Ended, context: UsageContext): Usage {
  const { operation, estimate, pieces } = context
  const done = ending.kind === 'done'
  const whole = told.inputTokens !== undefined && (told.outputTokens !== undefined || operation === 'embed')
  if (told.source === 'cache' || (done && whole)) return told
  const source = told.source === 'provider' ? 'partial' : told.source
  if (estimate === undefined) return done ? told : { ...told, source }
  const inputTokens = told.inputTokens ?? estimate.input()
  const seen = operation === 'chat' ? estimate.output(ending.completion, pieces) : undefined
  const outputTokens = done ? (told.outputTokens ?? seen) : larger(told.outputTokens, seen)
  return { ...told, ...known({ inputTokens, outputTokens }), source }
}

function estimated({ ending }: Ended, { operation, estimate, pieces }: UsageContext): Usage | undefined {
  if (estimate === undefined) return undefined
  const inputTokens = estimate.input()
  const outputTokens = operation === 'chat' ? estimate.output(ending.completion, pieces) : undefined
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return { ...known({ inputTokens, outputTokens }), source: 'estimate' }
}

const hasEnded = (attempt: Attempt): attempt is Ended => attempt.ending !== undefined

/**
 * What one attempt used. The provider's own numbers where they are whole. Where the answer was cut short, or the provider told one side
 * only, the rest is estimated: input from the request, output as the larger of what was told and what is in the content so far
 * (`partial`). Where it told nothing, both are an `estimate`.
 */
export function usageOfAttempt(attempt: Attempt, context: UsageContext): AttemptUsage {
  if (!hasEnded(attempt) || !isBilled(attempt)) return { billed: false }
  const { usage } = attempt
  return { billed: true, usage: usage ? completed(usage, attempt, context) : estimated(attempt, context) }
}
