import type { Call, ChatRequest, RecordedParameters } from '@cepa/core'

type Parameters = { -readonly [K in keyof RecordedParameters]: RecordedParameters[K] }

function chatParameters(request: ChatRequest): Parameters {
  const { maxOutputTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, seed, candidates } = request
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(seed !== undefined && { seed }),
    ...(candidates !== undefined && { candidates }),
    ...(request.reasoning?.effort !== undefined && { reasoningEffort: request.reasoning.effort }),
    ...(request.responseFormat && { outputType: request.responseFormat.type }),
  }
}

/** What a request asks for beside its content, as far as the conventions have names for it. */
export function parametersOf(call: Call): RecordedParameters {
  if (call.operation === 'chat') return chatParameters(call.request)
  const { dimensions } = call.request
  return dimensions === undefined ? {} : { dimensions }
}
