import type { Account, Owner } from './account.ts'
import type { CallTimes, SelfTime, TimeSpan } from './call-times.ts'
import type { Times } from './times.ts'

/** What the accounts of a call come to. */
export function readingOf(times: Times): CallTimes {
  const { provider, consumer, at, startedAt, events, timedEvents, spans, ledgers } = times
  const accounts: Account[] = []
  for (const ledger of ledgers) {
    for (const account of ledger.accounts) if (account && account.runs > 0) accounts.push(account)
  }
  const { shareOf, rest } = divide(times, accounts)
  const eventsPerTimed = timedEvents === 0 ? 1 : events / timedEvents
  return {
    self: accounts.map((account) => selfTimeOf(account, shareOf(account), eventsPerTimed)),
    providerMs: provider.ms + shareOf(provider),
    consumerMs: consumer.ms + shareOf(consumer) + rest,
    wallMs: at - startedAt,
    startedAt,
    events,
    timedEvents,
    // made when asked for: most calls are never looked at so closely
    get spans(): readonly TimeSpan[] {
      return spans.read()
    },
  }
}

function selfTimeOf({ owner, ms, runs }: Account, shareMs: number, eventsPerTimed: number): SelfTime {
  const { pipeline, layer, hook, perEvent } = owner as Owner & Required<Pick<Owner, 'pipeline' | 'layer' | 'hook'>>
  const all = perEvent && hook !== 'handle' ? Math.round(runs * eventsPerTimed) : runs
  return { pipeline, layer, hook, ms: ms + shareMs, runs: all }
}

/** Divides the time of events that were not timed as those do that were. What nobody is known to take is the rest, which is the reader's. */
function divide({ leftOutMs, provider, consumer, warm }: Times, accounts: readonly Account[]) {
  const measureOf = ({ sampledMs, coldMs }: Account) => Math.max(0, warm ? sampledMs : coldMs)
  let all = measureOf(provider) + measureOf(consumer)
  for (const account of accounts) all += measureOf(account)
  const shareOf = (account: Account) => (all === 0 ? 0 : (leftOutMs * measureOf(account)) / all)
  return { shareOf, rest: all === 0 ? leftOutMs : 0 }
}
