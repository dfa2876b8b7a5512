import type { Counter, Histogram, Meter, MetricOptions } from '@opentelemetry/api'
import { DURATION_BUCKETS, type Names, TOKEN_BUCKETS } from './names-table.ts'

/** The instruments of one version of the conventions; those that it does not have are absent. */
export interface Instruments {
  readonly chatDuration: Histogram
  readonly otherDuration: Histogram
  readonly timeToFirstChunk: Histogram
  readonly timePerOutputChunk: Histogram
  readonly tokenUsage: Histogram | undefined
  readonly inputPerCall: Histogram | undefined
  readonly outputPerCall: Histogram | undefined
  readonly spentInput: Counter | undefined
  readonly spentOutput: Counter | undefined
  readonly spentCacheRead: Counter | undefined
  readonly spentCacheWrite: Counter | undefined
  readonly spentReasoning: Counter | undefined
}

const secondsOf = (description: string): MetricOptions => ({
  description,
  unit: 's',
  advice: { explicitBucketBoundaries: [...DURATION_BUCKETS] },
})

const tokensOf = (description: string): MetricOptions => ({
  description,
  unit: '{token}',
  advice: { explicitBucketBoundaries: [...TOKEN_BUCKETS] },
})

/** Makes the instruments on a meter. */
export function instrumentsOf(meter: Meter, names: Names): Instruments {
  const seconds = (name: string, description: string): Histogram => meter.createHistogram(name, secondsOf(description))
  const tokens = (name: string | undefined, description: string): Histogram | undefined =>
    name === undefined ? undefined : meter.createHistogram(name, tokensOf(description))
  const counter = (name: string | undefined, description: string): Counter | undefined =>
    name === undefined ? undefined : meter.createCounter(name, { description, unit: '{token}' })
  const chatDuration = seconds(names.chatDuration, 'Duration of calls.')
  return {
    chatDuration,
    otherDuration:
      names.otherDuration === names.chatDuration ? chatDuration : seconds(names.otherDuration, 'Duration of calls.'),
    timeToFirstChunk: seconds(names.timeToFirstChunk, 'Time to the first content of streams.'),
    timePerOutputChunk: seconds(names.timePerOutputChunk, 'Time between the pieces of streams.'),
    tokenUsage: tokens(names.tokenUsage, 'Tokens of calls.'),
    inputPerCall: tokens(names.inputPerCall, 'Input tokens of calls that succeeded.'),
    outputPerCall: tokens(names.outputPerCall, 'Output tokens of calls that succeeded.'),
    spentInput: counter(names.spentInput, 'Input tokens.'),
    spentOutput: counter(names.spentOutput, 'Output tokens, reasoning included.'),
    spentCacheRead: counter(names.spentCacheRead, 'Input tokens that were read from the prompt cache.'),
    spentCacheWrite: counter(names.spentCacheWrite, 'Input tokens that were written to the prompt cache.'),
    spentReasoning: counter(names.spentReasoning, 'Output tokens of reasoning.'),
  }
}
