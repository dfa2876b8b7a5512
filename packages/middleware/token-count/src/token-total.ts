import type { AttemptAccount } from './account.ts'

/** What calls have used and cost together. Tokens are sums of what is known. */
export interface TokenTotal {
  /** Calls, detached ones too; of a provider or model those that made an attempt there. */
  readonly calls: number
  readonly attempts: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
  /** Attempts whose tokens are an estimate, wholly or in part. */
  readonly estimatedAttempts: number
  /** Attempts that were billed and of which input or output is not known. */
  readonly unknownAttempts: number
  /** US dollars, of the attempts with a known price. */
  readonly usd: number
  /** Attempts that were billed at a price that is not known; all of them where there is no price table. */
  readonly unpricedAttempts: number
}

/** A total that grows. */
export type Sums = { -readonly [K in keyof TokenTotal]: TokenTotal[K] }

/** A total of nothing. */
export const zero = (): Sums => ({
  calls: 0,
  attempts: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  estimatedAttempts: 0,
  unknownAttempts: 0,
  usd: 0,
  unpricedAttempts: 0,
})

/** Adds one attempt. */
export function addAttempt(sums: Sums, { used, cost }: AttemptAccount, embeds: boolean): void {
  sums.attempts += 1
  if (!used.billed) return
  const { usage } = used
  if (usage?.source === 'estimate' || usage?.source === 'partial') sums.estimatedAttempts += 1
  if (usage?.inputTokens === undefined || (usage.outputTokens === undefined && !embeds)) sums.unknownAttempts += 1
  if (cost?.usd === undefined) sums.unpricedAttempts += 1
  sums.usd += cost?.usd ?? 0
  sums.inputTokens += usage?.inputTokens ?? 0
  sums.outputTokens += usage?.outputTokens ?? 0
  sums.cacheReadTokens += usage?.cacheReadTokens ?? 0
  sums.cacheWriteTokens += usage?.cacheWriteTokens ?? 0
  sums.reasoningTokens += usage?.reasoningTokens ?? 0
}

/** Both totals together. */
export const plus = (a: TokenTotal, b: TokenTotal): TokenTotal =>
  Object.fromEntries(
    Object.entries(a).map(([name, value]) => [name, value + b[name as keyof TokenTotal]]),
  ) as object as TokenTotal
