import type { CacheMetrics } from '@cepa/middleware-cache'
import type { TokenTotal } from '@cepa/middleware-token-count'
import type { Account } from '../account/account.ts'
import type { Provider } from '../script/scene.ts'
import { COST_ROUNDING, type Finding, Findings } from './findings.ts'
import { sumBy } from './slices.ts'

/** What the layers of one stack count by themselves. */
export interface LayerTotals {
  readonly tokens: TokenTotal
  readonly cache: CacheMetrics
}

function compareTokens(findings: Findings, tokens: TokenTotal, own: readonly Account[]): void {
  // calls that came as far as the layer that counts
  const calls = own.filter(({ usd }) => usd !== undefined)
  const attempts = calls.flatMap((account) => account.attempts)
  const used = attempts.flatMap((attempt) => attempt.used ?? [])
  findings.same('calls', tokens.calls, calls.length)
  findings.same('attempts', tokens.attempts, attempts.length)
  for (const name of ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'reasoningTokens'] as const)
    findings.same(
      name,
      tokens[name],
      sumBy(used, (each) => each[name]),
    )
  findings.same(
    'estimatedAttempts',
    tokens.estimatedAttempts,
    used.filter(({ source }) => source !== 'provider').length,
  )
  findings.same('unknownAttempts', tokens.unknownAttempts, 0)
  findings.same('unpricedAttempts', tokens.unpricedAttempts, attempts.filter(({ usd }) => usd === undefined).length)
  findings.near('usd', { seen: tokens.usd, expected: sumBy(attempts, ({ usd }) => usd) }, COST_ROUNDING)
}

function compareCache(
  findings: Findings,
  { hits, misses, errors, saved }: CacheMetrics,
  own: readonly Account[],
): void {
  const given = own.flatMap((account) => account.saved ?? [])
  findings.same('hits', hits, given.length)
  findings.same('misses', misses, own.filter(({ cache }) => cache === 'miss').length)
  findings.same('errors', errors, 0)
  findings.same(
    'saved input tokens',
    saved.inputTokens,
    sumBy(given, ({ tokens }) => tokens.inputTokens),
  )
  findings.same(
    'saved output tokens',
    saved.outputTokens,
    sumBy(given, ({ tokens }) => tokens.outputTokens),
  )
  findings.near('saved usd', { seen: saved.usd ?? 0, expected: sumBy(given, ({ usd }) => usd) }, COST_ROUNDING)
}

/** What the layers' own totals say otherwise than the ledgers. */
export function compareTotals(
  totals: Readonly<Record<Provider, LayerTotals>>,
  accounts: readonly Account[],
): readonly Finding[] {
  return (['openai', 'anthropic'] as const).flatMap((provider) => {
    const own = accounts.filter(({ line }) => line.draft.provider === provider)
    const [tokens, cache] = [
      new Findings(`totals of tokens, ${provider}`),
      new Findings(`totals of the cache, ${provider}`),
    ]
    compareTokens(tokens, totals[provider].tokens, own)
    compareCache(cache, totals[provider].cache, own)
    return [...tokens.found, ...cache.found]
  })
}
