import type { Finish, Usage } from '@cepa/core'
import type { FullFailure } from '../failure.ts'
import type { EndStep, ScriptedUsage, Step } from '../script.ts'
import type { WireContext, WireFailure } from '../wire.ts'

const FINISH: Readonly<Partial<Record<Finish, string>>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
  pause: 'pause_turn',
}

/** A finish in Anthropic's words. */
export const anthropicFinish = (step: EndStep): string => step.finishRaw ?? FINISH[step.end] ?? step.end

/** What the request cost, in Anthropic's words: what was read from or written to the cache is told beside the input. */
export function anthropicInput(usage: ScriptedUsage): object {
  const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, cacheWriteHourTokens = 0 } = usage
  return {
    input_tokens: inputTokens - cacheReadTokens - cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWriteTokens - cacheWriteHourTokens,
      ephemeral_1h_input_tokens: cacheWriteHourTokens,
    },
    service_tier: usage.serviceTier ?? 'standard',
  }
}

/** A whole usage in Anthropic's words. */
export const anthropicUsage = (usage: Usage): object => ({
  ...anthropicInput(usage),
  output_tokens: usage.outputTokens ?? 0,
})

/** What the script will tell of the request's cost by its end, which this provider tells at the start. */
export function usageAhead({ plan }: WireContext): ScriptedUsage {
  const told = plan.steps.flatMap((step: Step) => ('usage' in step && step.usage ? [step.usage] : []))
  return Object.assign({ inputTokens: plan.inputTokens }, ...told)
}

/** Type and status of Anthropic's errors by kind. @see https://docs.anthropic.com/en/api/errors */
const WORDS: Readonly<Record<string, readonly [type: string, status: number, message?: string]>> = {
  'rate-limit': ['rate_limit_error', 429],
  quota: ['invalid_request_error', 400, 'Your credit balance is too low to access the Anthropic API.'],
  auth: ['authentication_error', 401],
  permission: ['permission_error', 403],
  'invalid-request': ['invalid_request_error', 400],
  'context-length': ['invalid_request_error', 400, 'prompt is too long: 210000 tokens > 200000 maximum'],
  'content-filter': ['invalid_request_error', 400, 'Output blocked by content filtering policy'],
  'not-found': ['not_found_error', 404],
  timeout: ['timeout_error', 504],
  overloaded: ['overloaded_error', 529],
}

/** A failure in Anthropic's words. */
export function anthropicFailure(failure: FullFailure, providerRequestId: string): WireFailure {
  const [type, status, message] = WORDS[failure.kind] ?? ['api_error', 500]
  const said = failure.message.startsWith('scripted failure') ? (message ?? failure.message) : failure.message
  const error = { type: failure.providerCode ?? type, message: said }
  return { status: failure.givenStatus ?? status, body: { type: 'error', error, request_id: providerRequestId } }
}
