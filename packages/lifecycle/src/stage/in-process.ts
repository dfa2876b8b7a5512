import { fakeProvider, type LedgerEntry } from '@cepa/testing'
import type { StartUpstream, UpstreamRequest } from './upstream.ts'

const requestOf = (entry: LedgerEntry): UpstreamRequest => ({
  outcome: entry.outcome,
  charged: entry.charged,
  ...(entry.endedAt !== undefined && { endedAt: entry.endedAt }),
  handedOut: entry.events.length,
  broken: [
    ...(entry.pullsAfterClose > 0 ? ['R2: the feed was pulled after it was closed'] : []),
    ...(entry.pullsOverlapping > 0 ? ['R1: the feed was pulled while a pull was pending'] : []),
  ],
})

/** The provider in process, whose time is that of the cell. */
export const startInProcess: StartUpstream = async ({ script, clock, asynchronous }) => {
  const provider = fakeProvider(script, { asynchronous })
  return {
    adapter: provider,
    tellsRunningUsage: () => true,
    get requests() {
      return provider.ledger.map(requestOf)
    },
    carried: () => clock.settle(),
    settled: () => clock.settle(),
    release: async () => ({ answers: provider.open, sockets: 0, handles: [] }),
  }
}
