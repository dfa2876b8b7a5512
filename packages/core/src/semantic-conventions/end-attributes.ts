import type { Usage } from '../event.ts'
import { type Attributes, AttributeWriter } from './attribute-writer.ts'
import { type DescribedCall, isCacheHit, requestModelOf, servingAttemptOf } from './described-call.ts'
import { errorTypeOf } from './error-type.ts'
import { finishReasonsOf } from './finish-reasons.ts'
import { type Names, OWN_NAMES } from './names-table.ts'
import { operationNameOf, providerNameOf } from './provider-names.ts'
import { toldUsage } from './told-usage.ts'
import type { Wording } from './wording.ts'

/** What the conventions leave to the provider is written only where there is any of it. */
const someOf = (tokens: number | undefined): number | undefined => tokens || undefined

function writeUsage(to: AttributeWriter, usage: Usage, names: Names): void {
  to.count(names.inputTokens, usage.inputTokens)
  to.count(names.outputTokens, usage.outputTokens)
  to.count(names.cacheReadTokens, usage.cacheReadTokens)
  to.count(names.cacheWriteTokens, usage.cacheWriteTokens)
  to.count(names.reasoningTokens, usage.reasoningTokens)
  to.count(names.audioInputTokens, someOf(usage.audioInputTokens))
  to.count(names.audioOutputTokens, someOf(usage.audioOutputTokens))
  to.count(names.imageInputTokens, someOf(usage.imageInputTokens))
  to.count(names.imageOutputTokens, someOf(usage.imageOutputTokens))
  to.value(OWN_NAMES.usageSource, usage.source)
}

/** Who answered in the end: a fallback may have asked another provider, a route has taken its prefix off the model. */
function writeServer(to: AttributeWriter, call: DescribedCall, names: Names): void {
  const model = requestModelOf(call)
  const serving = servingAttemptOf(call.attempts)
  to.value(names.operation, operationNameOf(call.operation, call.provider))
  to.word(names.provider, providerNameOf(call.provider))
  to.word(names.requestModel, model)
  if (model !== call.model) to.word(OWN_NAMES.askedModel, call.model)
  to.word(names.serverAddress, serving?.serverAddress)
  if (serving?.serverAddress !== undefined) to.count(names.serverPort, serving.serverPort)
  to.id(OWN_NAMES.providerRequestId, serving?.providerRequestId)
}

function writeAnswer(to: AttributeWriter, call: DescribedCall, names: Names): void {
  const { firstTokenMs } = call.durations
  to.id(names.responseId, call.responseId)
  to.word(names.responseModel, call.responseModel)
  to.value(names.finishReasons, finishReasonsOf(call))
  if (call.mode === 'stream' && firstTokenMs !== undefined) to.value(names.firstChunk, firstTokenMs / 1000)
}

/** What the conventions have for OpenAI alone: not even for servers that speak its language. */
function writeOpenai(
  to: AttributeWriter,
  { call, usage, names }: { call: DescribedCall; usage: Usage | undefined; names: Names },
): void {
  const serving = servingAttemptOf(call.attempts)
  to.word(names.responseServiceTier, usage?.serviceTier)
  to.word(names.apiType, serving?.apiType)
  to.word(names.systemFingerprint, serving?.systemFingerprint)
}

function writeCache(to: AttributeWriter, call: DescribedCall): void {
  const { cache } = call
  if (cache === undefined) return
  to.value(OWN_NAMES.cacheHit, isCacheHit(call))
  to.value(OWN_NAMES.cacheOutcome, cache.outcome)
  to.value(OWN_NAMES.cacheKeyHash, cache.keyHash)
  to.value(OWN_NAMES.cacheAge, cache.ageMs)
  to.count(OWN_NAMES.cacheSavedInput, cache.saved?.inputTokens)
  to.count(OWN_NAMES.cacheSavedOutput, cache.saved?.outputTokens)
}

const sum = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0)
}

function writeEnding(to: AttributeWriter, call: DescribedCall, names: Names): void {
  const { attempts, error } = call
  to.value(OWN_NAMES.ending, call.ending)
  to.id(OWN_NAMES.abandonReason, call.reason)
  to.value(names.errorType, error && errorTypeOf(error))
  to.value(OWN_NAMES.errorKind, error?.kind)
  if (attempts.length > 1) to.value(OWN_NAMES.retryCount, attempts.length - 1)
  to.value(OWN_NAMES.bytesSent, sum(attempts.map(({ bytesSent }) => bytesSent)))
  to.value(OWN_NAMES.bytesReceived, sum(attempts.map(({ bytesReceived }) => bytesReceived)))
}

/**
 * The attributes of a call's span that are known when it ends; some take the place of what was known when it started.
 *
 * @example
 * endAttributes(record, wordingOf('latest'))['gen_ai.usage.input_tokens'] // → 31
 */
export function endAttributes(call: DescribedCall, wording: Wording): Attributes {
  const { names, estimates } = wording
  const to = new AttributeWriter(wording)
  writeServer(to, call, names)
  writeAnswer(to, call, names)
  const usage = toldUsage(call, estimates)
  if (usage) writeUsage(to, usage, names)
  if (call.provider === 'openai') writeOpenai(to, { call, usage, names })
  to.value(OWN_NAMES.costUsd, call.cost?.usd)
  writeCache(to, call)
  writeEnding(to, call, names)
  return to.attributes
}
