import { type Attempt, ContractError, type EndingKind, ProviderError, TimeoutError, type Usage } from '@cepa/core'
import type { Charged, Outcome } from '@cepa/testing'

/**
 * An error in a few words that say what matters of it and nothing that varies between runs.
 *
 * @example
 * errorLabel(new TimeoutError({ limit: 'deadline', limitMs: 5, setBy: 'caller' })) // → 'TimeoutError deadline of caller'
 */
export function errorLabel(error: unknown): string {
  if (error instanceof TimeoutError) return `TimeoutError ${error.limit} of ${error.setBy}`
  if (error instanceof ProviderError) return `ProviderError ${error.kind}`
  if (error instanceof ContractError) return `ContractError ${error.rule} of ${error.layer}`
  if (!(error instanceof Error)) return `no Error but ${typeof error}`
  return 'code' in error && String(error.code).startsWith('CEPA_') ? error.name : `${error.name}: ${error.message}`
}

/** Usage in a few words: `3+4 provider`, or that there is none. */
export const usageLabel = (usage: Usage | undefined): string =>
  usage ? `${usage.inputTokens ?? '?'}+${usage.outputTokens ?? '?'} ${usage.source}` : 'no usage'

/** What is said of the ending of a pass or an attempt. */
export interface EndedAs {
  readonly kind: EndingKind
  readonly text: string
  /** As {@link usageLabel} says it. */
  readonly usage: string
  /** As {@link errorLabel} says it. */
  readonly error?: string
  /** Milliseconds since the cell began. */
  readonly atMs: number
}

/** An ending on one line: `aborted with "ONE TWO " (3+1 provider) by AbortError at 0 ms`. */
export const endingLabel = ({ kind, text, usage, error, atMs }: EndedAs): string =>
  `${kind} with "${text}" (${usage})${error === undefined ? '' : ` by ${error}`} at ${atMs} ms`

/** An attempt on one line: its ending, and whether its answer is the caller's. */
export const attemptLabel = (ended: EndedAs, { won, reason }: Pick<Attempt, 'won' | 'reason'>): string =>
  `${endingLabel(ended)}${reason === undefined ? '' : `, after ${reason}`}${won ? ', won' : ''}`

/** What a provider saw of one request, on one line. */
export const upstreamLabel = (outcome: Outcome, charged: Charged, atMs: number | undefined): string =>
  `${outcome}, charged ${charged.inputTokens}+${charged.outputTokens}${atMs === undefined ? '' : `, at ${atMs} ms`}`

/** What the caller got of its call, on one line. */
export const callerLabel = (how: string, text: string): string => `${how} with "${text}"`
