import type { Account } from '../account/account.ts'
import { type Counted, count, type Figure } from './figure.ts'
import { MONEY, TOKENS } from './token-figures.ts'
import { BYTES, TIMES } from './traffic-figures.ts'

/** Gaps between the pieces that the caller read. Nobody reads those of a detached call, and telemetry does not see them. */
const gapsOf = ({ account: { caller, detached } }: Counted): number => (detached ? 0 : Math.max(0, caller.pieces - 1))

const COUNTS: readonly Figure[] = [
  count('calls', () => 1, { row: (row) => row.calls, samples: ['calls_total'] }),
  count('attempts', ({ account }) => account.attempts.length, { row: (row) => row.attempts }),
  count('retries', ({ account }) => Math.max(0, account.attempts.length - 1), {
    row: (row) => row.retries,
    samples: ['retries_total'],
  }),
  count('detachedCalls', ({ account }) => (account.detached ? 1 : 0), {
    row: (row) => row.detachedCalls,
    samples: ['detached_calls_total'],
  }),
  count('faults', () => 0, { row: (row) => row.faults, samples: ['hook_faults_total'] }),
  count('unmeteredCalls', () => 0, { row: (row) => row.unmeteredCalls, samples: ['unmetered_calls_total'] }),
  count('unpricedCalls', ({ account }) => (account.usd === 'unknown' ? 1 : 0), {
    row: (row) => row.unpricedCalls,
    samples: ['unpriced_calls_total'],
  }),
  count('tokenGaps', gapsOf, {
    row: (row) => row.tokenGaps,
    samples: ['token_gaps_total'],
  }),
]

/** All figures. */
export const FIGURES: readonly Figure[] = [...COUNTS, ...TOKENS, ...MONEY, ...BYTES, ...TIMES]

/** A word by which calls are counted. */
export interface CountedWord {
  readonly name: 'endings' | 'errors' | 'cacheOutcomes'
  readonly of: (account: Account) => string | undefined
  /** Prometheus' sample and the label of the word; an ending is a label of every sample. */
  readonly sample?: { readonly name: string; readonly label: string }
}

/** The words. */
export const WORDS: readonly CountedWord[] = [
  { name: 'endings', of: ({ ending }) => ending },
  { name: 'errors', of: ({ errorKind }) => errorKind, sample: { name: 'errors_total', label: 'kind' } },
  { name: 'cacheOutcomes', of: ({ cache }) => cache, sample: { name: 'cache_outcomes_total', label: 'outcome' } },
]
