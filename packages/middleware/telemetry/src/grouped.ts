import type { GroupedCall } from './group/sums.ts'
import { spentBy } from './record/attempts.ts'
import type { FinishedCall } from './record/finished-call.ts'

const HITS: ReadonlySet<string | undefined> = new Set(['hit', 'stale', 'joined'])

/** What a group counts of a finished call: what it spent, which for a hit is nothing. */
export function groupedCall({ ending, attempts, facts }: FinishedCall): GroupedCall {
  const spent = facts.usage ? facts.usage.spent : spentBy(attempts)
  return {
    ending: ending.kind,
    attempts: attempts.length,
    cacheHit: HITS.has(facts.cache?.outcome),
    inputTokens: spent?.inputTokens ?? 0,
    outputTokens: spent?.outputTokens ?? 0,
    costUsd: facts.cost ? facts.cost.usd : attempts.length === 0 ? 0 : undefined,
  }
}
