import type { MetricFamily } from './family.ts'
import { callCounter, callHistogram, callSeconds, callTally } from './family-kinds.ts'

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000)

/** The families over calls. */
export const CALL_FAMILIES: readonly MetricFamily[] = [
  callCounter('calls_total', 'Calls that have ended; those that a cache answered too.', (row) => row.calls),
  callTally(
    { name: 'errors_total', help: 'Calls that failed or missed a deadline, by what went wrong.', label: 'kind' },
    (row) => row.errors,
  ),
  callSeconds('call_duration_seconds', 'Start of a call to its end.', (row) => row.durationMs),
  callSeconds(
    'provider_wait_seconds',
    'What a call waited for layers further in and the provider.',
    (row) => row.providerMs,
  ),
  callCounter('reader_seconds_total', 'What readers took between events.', (row) => seconds(row.consumerMs)),
  callSeconds('headers_seconds', 'Start of a call to the headers of its response.', (row) => row.headersMs),
  callSeconds('first_token_seconds', 'Start of a streamed call to its first content.', (row) => row.firstTokenMs),
  callHistogram(
    'output_tokens_per_second',
    'Output tokens per second of a streamed call.',
    (row) => row.outputTokensPerSecond,
  ),
  callCounter('token_gaps_total', 'Gaps between the events of streams that bring tokens.', (row) => row.tokenGaps),
  callCounter('token_gap_seconds_total', 'Length of those gaps.', (row) => seconds(row.tokenGapMs)),
  callCounter(
    'input_tokens_total',
    'Input tokens that were spent over all attempts, cached ones too.',
    (row) => row.inputTokens?.sum,
  ),
  callCounter(
    'output_tokens_total',
    'Output tokens that were spent over all attempts, reasoning too.',
    (row) => row.outputTokens?.sum,
  ),
  callCounter(
    'cache_read_tokens_total',
    'Input tokens that came from the provider’s prompt cache.',
    (row) => row.cacheReadTokens,
  ),
  callCounter(
    'cache_write_tokens_total',
    'Input tokens that went into the provider’s prompt cache.',
    (row) => row.cacheWriteTokens,
  ),
  callCounter('reasoning_tokens_total', 'Output tokens that were reasoning.', (row) => row.reasoningTokens),
  callHistogram('call_input_tokens', 'Input tokens that a call spent.', (row) => row.inputTokens),
  callHistogram('call_output_tokens', 'Output tokens that a call spent.', (row) => row.outputTokens),
  callCounter(
    'unmetered_calls_total',
    'Calls that reached a provider, and of whose tokens nothing is known.',
    (row) => row.unmeteredCalls,
  ),
  callCounter('cost_usd_total', 'US dollars that were spent, as far as prices are known.', (row) => row.costUsd?.sum),
  callHistogram('call_cost_usd', 'US dollars that a call cost.', (row) => row.costUsd),
  callCounter(
    'unpriced_calls_total',
    'Calls that spent something whose price is not known.',
    (row) => row.unpricedCalls,
  ),
  callTally(
    { name: 'cache_outcomes_total', help: 'Calls by what the response cache did.', label: 'outcome' },
    (row) => row.cacheOutcomes,
  ),
  callCounter('cache_saved_usd_total', 'US dollars that answers from the cache had cost.', (row) => row.savedUsd),
  callCounter('cache_saved_seconds_total', 'How much sooner answers from the cache were there.', (row) =>
    seconds(row.savedMs),
  ),
  callCounter(
    'cache_saved_input_tokens_total',
    'Input tokens of answers from the cache.',
    (row) => row.savedInputTokens,
  ),
  callCounter(
    'cache_saved_output_tokens_total',
    'Output tokens of answers from the cache.',
    (row) => row.savedOutputTokens,
  ),
  callCounter('retries_total', 'Tries after the first of a call, whichever layer made them.', (row) => row.retries),
  callCounter('sent_bytes_total', 'Encoded bytes of request bodies.', (row) => row.bytesSent),
  callCounter('received_bytes_total', 'Decoded bytes of response bodies.', (row) => row.bytesReceived),
  callCounter(
    'wire_received_bytes_total',
    'Bytes of response bodies before decompression, where seen.',
    (row) => row.wireBytesReceived,
  ),
  callCounter('detached_calls_total', 'Calls that outlived the one that made them.', (row) => row.detachedCalls),
  callCounter('hook_faults_total', 'Hooks of layers that broke while their call went on.', (row) => row.faults),
]
