import type { CacheOutcome } from '@cepa/core'

const ANSWERED: ReadonlySet<CacheOutcome['outcome']> = new Set(['hit', 'stale', 'joined'])
/** A store that failed was asked too, and did not answer. `bypass`, `refresh` and `record` did not ask it. */
const ASKED: ReadonlySet<CacheOutcome['outcome']> = new Set([...ANSWERED, 'miss', 'error'])

/** Whether a lookup was answered; `undefined` where there was none. */
export const cacheHitOf = (cache: CacheOutcome | undefined): boolean | undefined =>
  cache !== undefined && ASKED.has(cache.outcome) ? ANSWERED.has(cache.outcome) : undefined

/** Share of the lookups that were answered; `undefined` without lookups. */
export function cacheHitRatio(outcomes: ReadonlyMap<string, number>): number | undefined {
  const sum = (of: ReadonlySet<string>): number => [...of].reduce((total, name) => total + (outcomes.get(name) ?? 0), 0)
  const asked = sum(ASKED)
  return asked === 0 ? undefined : sum(ANSWERED) / asked
}
