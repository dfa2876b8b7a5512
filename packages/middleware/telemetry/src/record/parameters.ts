import type { Call, ChatRequest, RecordedParameters } from '@cepa/core'
import { firstOf } from './first.ts'

/** What was asked for beside the content, as far as it was said; absent fields are left out. */
function given<T extends object>(fields: { readonly [K in keyof T]-?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

const toolChoiceOf = ({ toolChoice }: ChatRequest): string | undefined =>
  typeof toolChoice === 'object' ? toolChoice.tool : toolChoice

/**
 * What the caller asked for beside the content.
 *
 * @param items number of messages, or of texts to be embedded, when the call ended: the list is the caller's, who may go on with it.
 */
export function parametersOf(call: Call, items: number): RecordedParameters {
  if (call.operation === 'embed') {
    const { dimensions } = call.request
    return { inputs: items, ...(dimensions !== undefined && { dimensions }) }
  }
  const { request } = call
  return given<RecordedParameters>({
    maxOutputTokens: request.maxOutputTokens,
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    presencePenalty: request.presencePenalty,
    frequencyPenalty: request.frequencyPenalty,
    seed: request.seed,
    stop: request.stop?.length,
    candidates: request.candidates,
    logProbabilities: request.logProbabilities,
    reasoningEffort: request.reasoning?.effort,
    reasoningMaxTokens: request.reasoning?.maxTokens,
    outputType: request.responseFormat?.type,
    tools: request.tools && firstOf(request.tools).map(({ name }) => name),
    toolChoice: toolChoiceOf(request),
    messages: items,
    inputs: undefined,
    dimensions: undefined,
  })
}
