import { type Attributes, AttributeWriter } from './attribute-writer.ts'
import type { DescribedStart } from './described-call.ts'
import { type Names, OWN_NAMES } from './names-table.ts'
import { operationNameOf, providerNameOf } from './provider-names.ts'
import type { Wording } from './wording.ts'

/**
 * The name of a call's span: operation and model.
 *
 * @example
 * spanNameOf({ operation: 'chat', provider: 'openai', model: 'gpt-4o' }, wording) // → 'chat gpt-4o'
 */
export function spanNameOf(
  { operation, provider, model }: Pick<DescribedStart, 'operation' | 'provider' | 'model'>,
  { word }: Wording,
): string {
  const name = operationNameOf(operation, provider)
  return model === '' ? name : `${name} ${word(model)}`
}

function writeServer(to: AttributeWriter, server: DescribedStart['server'], names: Names): void {
  to.word(names.serverAddress, server?.serverAddress)
  if (server?.serverAddress !== undefined) to.count(names.serverPort, server.serverPort)
}

function writeParameters(to: AttributeWriter, call: DescribedStart, { names }: Wording): void {
  const { parameters, mode, operation } = call
  if (operation === 'chat' && mode === 'stream') to.value(names.stream, true)
  to.value(names.outputType, parameters.outputType)
  if (parameters.candidates !== 1) to.count(names.choiceCount, parameters.candidates)
  to.count(names.seed, parameters.seed)
  to.count(names.topK, parameters.topK)
  to.count(names.maxTokens, parameters.maxOutputTokens)
  to.count(names.dimensions, parameters.dimensions)
  to.value(names.topP, parameters.topP)
  to.value(names.temperature, parameters.temperature)
  to.value(names.frequencyPenalty, parameters.frequencyPenalty)
  to.value(names.presencePenalty, parameters.presencePenalty)
  to.word(names.reasoningLevel, parameters.reasoningEffort)
}

/**
 * The attributes of a call's span that are known when it starts.
 *
 * @example
 * startAttributes(record, wordingOf('latest'))['gen_ai.provider.name'] // → 'openai'
 */
export function startAttributes(call: DescribedStart, wording: Wording): Attributes {
  const { names } = wording
  const to = new AttributeWriter(wording)
  to.value(names.operation, operationNameOf(call.operation, call.provider))
  to.word(names.provider, providerNameOf(call.provider))
  to.word(names.requestModel, call.model)
  writeServer(to, call.server, names)
  writeParameters(to, call, wording)
  if (call.provider === 'openai' && call.serviceTier !== 'auto') to.word(names.requestServiceTier, call.serviceTier)
  to.value(OWN_NAMES.callId, call.id)
  if (call.requestId !== call.id) to.value(OWN_NAMES.requestId, call.requestId)
  to.word(OWN_NAMES.pipeline, call.pipeline)
  to.word(OWN_NAMES.detachedReason, call.detached?.reason)
  to.value(OWN_NAMES.detachedFrom, call.detached?.parentId)
  for (const [name, value] of Object.entries(call.attributes)) {
    to.word(`${OWN_NAMES.attribute}${wording.word(name)}`, String(value))
  }
  return to.attributes
}
