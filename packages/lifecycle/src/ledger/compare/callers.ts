import type { Account } from '../account/account.ts'
import type { CallerView } from '../stage/caller.ts'
import { type Finding, Findings } from './findings.ts'
import { nameOf } from './record.ts'

const OUTCOMES: Readonly<Record<Account['ending'], CallerView['outcome']>> = {
  done: 'answered',
  failed: 'threw',
  aborted: 'threw',
  abandoned: 'left',
  unread: 'left',
}

/** Whether the script was played as it is written: how calls ended for their callers, and what the provider did. */
export function compareCallers(accounts: readonly Account[]): readonly Finding[] {
  return accounts.flatMap((account) => {
    const findings = new Findings(`caller ${nameOf(account)}`)
    const { caller, line, attempts, detached } = account
    if (!detached) {
      findings.same('outcome', caller.outcome, OUTCOMES[line.scene.ends])
      findings.same('ending', caller.end.kind, line.scene.ends)
    }
    for (const [index, { turn, heard }] of attempts.entries()) {
      if (heard === undefined || turn.usageRead !== 'all') continue
      const { charged, outcome } = heard.entry
      findings.same(`request ${index}: outcome`, outcome, 'ended')
      if (heard.told.all === undefined) continue
      findings.same(`request ${index}: charged input`, charged.inputTokens, heard.told.all.inputTokens)
      const output = line.draft.operation === 'chat' ? charged.outputTokens : undefined
      findings.same(`request ${index}: charged output`, output, heard.told.all.outputTokens)
    }
    return findings.found
  })
}
