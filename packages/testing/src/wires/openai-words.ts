import type { Finish, Usage } from '@cepa/core'
import type { FullFailure } from '../failure.ts'
import type { EndStep } from '../script.ts'
import type { WireFailure } from '../wire.ts'

const FINISH: Readonly<Partial<Record<Finish, string>>> = {
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'stop',
}

/** A finish in OpenAI's words. */
export const openAiFinish = (step: EndStep): string => step.finishRaw ?? FINISH[step.end] ?? step.end

/** Usage in OpenAI's words: cached tokens are part of the prompt, reasoning is part of the completion. */
export const openAiUsage = (usage: Usage): object => {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, reasoningTokens } = usage
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cacheReadTokens !== undefined && {
      prompt_tokens_details: { cached_tokens: cacheReadTokens, audio_tokens: 0 },
    }),
    ...(reasoningTokens !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoningTokens, audio_tokens: 0 },
    }),
  }
}

/** Type and code of OpenAI's errors by kind. @see https://platform.openai.com/docs/guides/error-codes */
const WORDS: Readonly<Record<string, readonly [type: string, code: string | null]>> = {
  'rate-limit': ['requests', 'rate_limit_exceeded'],
  quota: ['insufficient_quota', 'insufficient_quota'],
  auth: ['invalid_request_error', 'invalid_api_key'],
  permission: ['invalid_request_error', 'unsupported_country_region_territory'],
  'invalid-request': ['invalid_request_error', null],
  'context-length': ['invalid_request_error', 'context_length_exceeded'],
  'content-filter': ['invalid_request_error', 'content_policy_violation'],
  'not-found': ['invalid_request_error', 'model_not_found'],
}

/** A failure in OpenAI's words. */
export function openAiFailure(failure: FullFailure): WireFailure {
  const [type, code] = WORDS[failure.kind] ?? ['server_error', null]
  const { message, providerCode, status = 500 } = failure
  return { status, body: { error: { message, type, param: null, code: providerCode ?? code } } }
}
