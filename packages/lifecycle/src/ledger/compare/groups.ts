import type { GroupRecord } from '@cepa/core'
import type { Account } from '../account/account.ts'
import { COST_ROUNDING, type Finding, Findings } from './findings.ts'
import { sumBy, tallyOf } from './slices.ts'

const isWithin = (group: string | undefined, name: string): boolean =>
  group === name || (group?.startsWith(`${name}/`) ?? false)

/** What the records of groups say otherwise than the ledgers of their calls, those of the groups within them included. */
export function compareGroups(
  groups: readonly GroupRecord[],
  names: readonly string[],
  accounts: readonly Account[],
): readonly Finding[] {
  return names.flatMap((name) => {
    const findings = new Findings(`group ${name}`)
    const own = groups.filter((group) => group.name === name)
    findings.same('number of records', own.length, 1)
    const [group] = own
    const calls = accounts.filter(({ line }) => isWithin(line.group, name) && !line.scene.unseen)
    if (group) compareGroup(findings, group, calls)
    return findings.found
  })
}

function compareGroup(findings: Findings, group: GroupRecord, calls: readonly Account[]): void {
  findings.same('calls', group.calls, calls.length)
  findings.same('openCalls', group.openCalls, 0)
  findings.same(
    'attempts',
    group.attempts,
    sumBy(calls, ({ attempts }) => attempts.length),
  )
  findings.same('cacheHits', group.cacheHits, calls.filter(({ cache }) => cache === 'hit').length)
  findings.same(
    'inputTokens',
    group.inputTokens,
    sumBy(calls, ({ spent }) => spent?.inputTokens),
  )
  findings.same(
    'outputTokens',
    group.outputTokens,
    sumBy(calls, ({ spent }) => spent?.outputTokens),
  )
  const usd = sumBy(calls, ({ usd }) => (usd === 'unknown' ? undefined : usd))
  findings.near('knownCostUsd', { seen: group.knownCostUsd, expected: usd }, COST_ROUNDING)
  findings.same(
    'costUsd is known',
    group.costUsd !== undefined,
    calls.every(({ usd }) => usd !== 'unknown'),
  )
  const endings = tallyOf(calls, ({ ending }) => ending)
  for (const kind of ['done', 'failed', 'aborted', 'abandoned', 'unread'] as const)
    findings.same(`endings.${kind}`, group.endings[kind] ?? 0, endings.get(kind) ?? 0)
}
