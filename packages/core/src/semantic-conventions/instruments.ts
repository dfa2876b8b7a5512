import type { Attributes } from './attribute-writer.ts'
import { DURATION_BUCKETS, type Names, TOKEN_BUCKETS } from './names-table.ts'

/** A histogram, as far as it is used; OpenTelemetry's are such. `context` is for exemplars. */
export interface ValueRecorder {
  record(value: number, attributes?: Attributes, context?: unknown): void
}

/** A counter, as far as it is used; OpenTelemetry's are such. */
export interface ValueCounter {
  add(value: number, attributes?: Attributes, context?: unknown): void
}

/** How an instrument is asked for. */
export interface InstrumentForm {
  description: string
  /** By UCUM: `s`, `{token}`. */
  unit: string
  advice?: { explicitBucketBoundaries: number[] }
}

/** What makes instruments; OpenTelemetry's meters do. */
export interface InstrumentMaker {
  createHistogram(name: string, form: InstrumentForm): ValueRecorder
  createCounter(name: string, form: InstrumentForm): ValueCounter
}

/** The instruments of one version of the conventions; those that it does not have are absent. */
export interface Instruments {
  readonly chatDuration: ValueRecorder
  readonly otherDuration: ValueRecorder
  readonly timeToFirstChunk: ValueRecorder
  readonly timePerOutputChunk: ValueRecorder
  readonly tokenUsage: ValueRecorder | undefined
  readonly inputPerCall: ValueRecorder | undefined
  readonly outputPerCall: ValueRecorder | undefined
  readonly spentInput: ValueCounter | undefined
  readonly spentOutput: ValueCounter | undefined
  readonly spentCacheRead: ValueCounter | undefined
  readonly spentCacheWrite: ValueCounter | undefined
  readonly spentReasoning: ValueCounter | undefined
}

const secondsOf = (description: string): InstrumentForm => ({
  description,
  unit: 's',
  advice: { explicitBucketBoundaries: [...DURATION_BUCKETS] },
})

const tokensOf = (description: string): InstrumentForm => ({
  description,
  unit: '{token}',
  advice: { explicitBucketBoundaries: [...TOKEN_BUCKETS] },
})

/**
 * Makes the instruments on a meter.
 *
 * @example
 * const instruments = instrumentsOf(metrics.getMeter('app'), namesOf('released'))
 */
export function instrumentsOf(meter: InstrumentMaker, names: Names): Instruments {
  const seconds = (name: string, description: string): ValueRecorder =>
    meter.createHistogram(name, secondsOf(description))
  const tokens = (name: string | undefined, description: string): ValueRecorder | undefined =>
    name === undefined ? undefined : meter.createHistogram(name, tokensOf(description))
  const counter = (name: string | undefined, description: string): ValueCounter | undefined =>
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
