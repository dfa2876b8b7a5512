import type { Usage } from '../event.ts'
import { type Attributes, AttributeWriter } from './attribute-writer.ts'
import { type DescribedCall, isCacheHit, requestModelOf, servingAttemptOf } from './described-call.ts'
import { errorTypeOf } from './error-type.ts'
import type { Instruments, ValueCounter, ValueRecorder } from './instruments.ts'
import { OWN_NAMES } from './names-table.ts'
import { operationNameOf, providerNameOf } from './provider-names.ts'
import { toldUsage } from './told-usage.ts'
import type { Wording } from './wording.ts'

/**
 * What all metrics of a call are told apart by. Nothing else is: each further value is a further series.
 *
 * @example
 * metricAttributes(record, wording) // → { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', … }
 */
export function metricAttributes(call: DescribedCall, wording: Wording): Attributes {
  const { names } = wording
  const to = new AttributeWriter(wording)
  const serving = servingAttemptOf(call.attempts)
  to.value(names.operation, operationNameOf(call.operation, call.provider))
  to.word(names.provider, providerNameOf(call.provider))
  to.word(names.requestModel, requestModelOf(call))
  to.word(names.responseModel, call.responseModel)
  to.word(names.serverAddress, serving?.serverAddress)
  if (serving?.serverAddress !== undefined) to.count(names.serverPort, serving.serverPort)
  return to.attributes
}

/** Everything that is recorded of one call. */
export interface Measured {
  readonly call: DescribedCall
  /** Milliseconds between the pieces of the answer. */
  readonly gapsMs: readonly number[]
  /** In which the call's span is the active one, for exemplars. */
  readonly context: unknown
}

/** A total by what the tokens are of, as far as the provider tells it. */
function byKind(total: number | undefined, audio = 0, image = 0): readonly (readonly [string, number])[] {
  if (total === undefined) return []
  return [
    ['audio', audio],
    ['image', image],
    ['unknown', Math.max(0, total - audio - image)],
  ]
}

/**
 * Records what is known of calls that have ended.
 *
 * @example
 * new MetricWriter(wording).record(instruments, { call: record, gapsMs: [], context: undefined })
 */
export class MetricWriter {
  readonly #wording: Wording

  constructor(wording: Wording) {
    this.#wording = wording
  }

  record(instruments: Instruments, { call, gapsMs, context }: Measured): void {
    const base = metricAttributes(call, this.#wording)
    const hit = isCacheHit(call)
    this.#duration(instruments, { call, base, hit, context })
    // what a cache replays says nothing of the provider, and was not spent
    if (hit) return
    const { firstTokenMs } = call.durations
    if (call.mode === 'stream' && firstTokenMs !== undefined)
      instruments.timeToFirstChunk.record(firstTokenMs / 1000, base, context)
    for (const gapMs of gapsMs) instruments.timePerOutputChunk.record(gapMs / 1000, base, context)
    const usage = toldUsage(call, this.#wording.estimates)
    if (usage === undefined) return
    this.#perCall(instruments, { call, usage, base, context })
    this.#spent(instruments, { usage, base, context })
  }

  #duration(
    { chatDuration, otherDuration }: Instruments,
    { call, base, hit, context }: { call: DescribedCall; base: Attributes; hit: boolean; context: unknown },
  ): void {
    const attributes: Attributes = {
      ...base,
      ...(call.error && { [this.#wording.names.errorType]: errorTypeOf(call.error) }),
      ...(hit && { [OWN_NAMES.cacheHit]: true }),
    }
    const duration = call.operation === 'chat' ? chatDuration : otherDuration
    duration.record(call.durations.totalMs / 1000, attributes, context)
  }

  /** Histograms of calls. The newer ones are of calls that succeeded: whether others belong there is not settled. */
  #perCall(
    { tokenUsage, inputPerCall, outputPerCall }: Instruments,
    { call, usage, base, context }: { call: DescribedCall; usage: Usage; base: Attributes; context: unknown },
  ): void {
    const record = (histogram: ValueRecorder | undefined, tokens: number | undefined, attributes: Attributes) => {
      if (tokens !== undefined) histogram?.record(tokens, attributes, context)
    }
    const { tokenType } = this.#wording.names
    if (tokenType !== undefined) {
      record(tokenUsage, usage.inputTokens, { ...base, [tokenType]: 'input' })
      record(tokenUsage, usage.outputTokens, { ...base, [tokenType]: 'output' })
    }
    if (call.ending !== 'done' || call.operation !== 'chat') return
    record(inputPerCall, usage.inputTokens, base)
    record(outputPerCall, usage.outputTokens, base)
  }

  /** Counters of tokens. What a provider does not tell apart by its kind is `unknown`. */
  #spent(
    instruments: Instruments,
    { usage, base, context }: { usage: Usage; base: Attributes; context: unknown },
  ): void {
    const { modality } = this.#wording.names
    if (modality === undefined) return
    const add = (counter: ValueCounter | undefined, tokens: number | undefined, kind = 'unknown') => {
      if (tokens) counter?.add(tokens, { ...base, [modality]: kind }, context)
    }
    const { spentInput, spentOutput } = instruments
    for (const [kind, tokens] of byKind(usage.inputTokens, usage.audioInputTokens, usage.imageInputTokens))
      add(spentInput, tokens, kind)
    for (const [kind, tokens] of byKind(usage.outputTokens, usage.audioOutputTokens, usage.imageOutputTokens))
      add(spentOutput, tokens, kind)
    add(instruments.spentCacheRead, usage.cacheReadTokens)
    add(instruments.spentCacheWrite, usage.cacheWriteTokens)
    add(instruments.spentReasoning, usage.reasoningTokens)
  }
}
