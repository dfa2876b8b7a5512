import type { UsageSource } from '@cepa/core'

/** Numbers of tokens; what is absent is not known. */
export interface Tokens {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
}

/** Tokens with where their numbers come from. */
export type SourcedTokens = Tokens & { readonly source: UsageSource }

/** The numbers, by name. */
export const TOKEN_NAMES: readonly (keyof Tokens)[] = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
]

/** The sum of several, number by number, over those that have it. */
export function sumOfTokens(all: readonly Tokens[]): Tokens {
  const sums = TOKEN_NAMES.flatMap((name) => {
    const known = all.flatMap((tokens) => tokens[name] ?? [])
    return known.length === 0 ? [] : [[name, known.reduce((sum, count) => sum + count, 0)] as const]
  })
  return Object.fromEntries(sums)
}

/** From the most certain to the least. */
const CERTAINTY: readonly UsageSource[] = ['provider', 'partial', 'estimate']

/** The same with the source that is the least certain; nothing of none. */
export function sumOfSourced(all: readonly SourcedTokens[]): SourcedTokens | undefined {
  const source = CERTAINTY.findLast((each) => all.some((tokens) => tokens.source === each))
  return source && { ...sumOfTokens(all), source }
}

/** Words of a text: what the script's tokenizer counts. */
export const wordsIn = (text: string): number => text.match(/\S+/g)?.length ?? 0
