import type { ChatRequest } from '@cepa/core'

/** What a request asks of thinking, in the API's words. */
export interface Thinking {
  readonly thinking?: { readonly type: string; readonly budget_tokens?: number }
  readonly effort?: string
}

/** The effort that asks for no thinking at all. */
const NONE = 'none'

/** Thinking as deep as the model sees fit, at the given effort. */
export const ADAPTIVE = 'adaptive'

/**
 * A number of tokens is a fixed budget, which the models up to 4.6 take. An effort alone leaves the depth to the model; those that
 * think only by budget refuse that, and are asked again without it.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function thinkingBody(reasoning: ChatRequest['reasoning']): Thinking {
  if (reasoning === undefined) return {}
  const { effort, maxTokens } = reasoning
  if (effort === NONE) return { thinking: { type: 'disabled' } }
  return {
    ...(effort !== undefined && { effort, thinking: { type: ADAPTIVE } }),
    ...(maxTokens !== undefined && { thinking: { type: 'enabled', budget_tokens: maxTokens } }),
  }
}
