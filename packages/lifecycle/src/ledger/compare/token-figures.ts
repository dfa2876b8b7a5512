import { type Counted, count, type Figure, whether } from './figure.ts'
import { COST_ROUNDING } from './findings.ts'

/** Tokens. */
export const TOKENS: readonly Figure[] = [
  count('inputTokens.sum', ({ account }) => account.spent?.inputTokens, {
    row: (row) => row.inputTokens?.sum,
    samples: ['input_tokens_total', 'call_input_tokens_sum'],
  }),
  count('inputTokens.count', ({ account }) => whether(account.spent?.inputTokens), {
    row: (row) => row.inputTokens?.count,
    samples: ['call_input_tokens_count'],
  }),
  count('outputTokens.sum', ({ account }) => account.spent?.outputTokens, {
    row: (row) => row.outputTokens?.sum,
    samples: ['output_tokens_total', 'call_output_tokens_sum'],
  }),
  count('outputTokens.count', ({ account }) => whether(account.spent?.outputTokens), {
    row: (row) => row.outputTokens?.count,
    samples: ['call_output_tokens_count'],
  }),
  count('cacheReadTokens', ({ account }) => account.spent?.cacheReadTokens, {
    row: (row) => row.cacheReadTokens,
    samples: ['cache_read_tokens_total'],
  }),
  count('cacheWriteTokens', ({ account }) => account.spent?.cacheWriteTokens, {
    row: (row) => row.cacheWriteTokens,
    samples: ['cache_write_tokens_total'],
  }),
  count('reasoningTokens', ({ account }) => account.spent?.reasoningTokens, {
    row: (row) => row.reasoningTokens,
    samples: ['reasoning_tokens_total'],
  }),
  count('savedInputTokens', ({ account }) => account.saved?.tokens.inputTokens, {
    row: (row) => row.savedInputTokens,
    samples: ['cache_saved_input_tokens_total'],
  }),
  count('savedOutputTokens', ({ account }) => account.saved?.tokens.outputTokens, {
    row: (row) => row.savedOutputTokens,
    samples: ['cache_saved_output_tokens_total'],
  }),
]

const usd = ({ account }: Counted): number | undefined => (account.usd === 'unknown' ? undefined : account.usd)

/** US dollars. */
export const MONEY: readonly Figure[] = [
  {
    name: 'costUsd.sum',
    of: usd,
    row: (row) => row.costUsd?.sum,
    samples: ['cost_usd_total', 'call_cost_usd_sum'],
    rounding: COST_ROUNDING,
  },
  count('costUsd.count', (counted) => whether(usd(counted)), {
    row: (row) => row.costUsd?.count,
    samples: ['call_cost_usd_count'],
  }),
  {
    name: 'savedUsd',
    of: ({ account }) => account.saved?.usd,
    row: (row) => row.savedUsd,
    samples: ['cache_saved_usd_total'],
    rounding: COST_ROUNDING,
  },
]
