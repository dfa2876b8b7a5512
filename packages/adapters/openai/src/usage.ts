import type { Usage } from '@cepa/core'

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

/**
 * The provider's usage in Cepa's form. OpenAI counts cached tokens in the prompt and reasoning in the completion, as Cepa does;
 * servers that count reasoning beside the completion show it by their total, and are set right.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage
 */
export function usageOf(value: unknown, serviceTier?: string): Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const usage = value as Fields
  const prompt = fieldsOf(usage.prompt_tokens_details)
  const completion = fieldsOf(usage.completion_tokens_details)
  const found: Readonly<Record<string, number | undefined>> = {
    inputTokens: count(usage.prompt_tokens),
    outputTokens: outputOf(usage, count(completion.reasoning_tokens)),
    cacheReadTokens: count(prompt.cached_tokens) ?? count(usage.prompt_cache_hit_tokens),
    cacheWriteTokens: count(prompt.cache_write_tokens),
    reasoningTokens: count(completion.reasoning_tokens),
    audioInputTokens: count(prompt.audio_tokens),
    audioOutputTokens: count(completion.audio_tokens),
    imageInputTokens: count(prompt.image_tokens),
    imageOutputTokens: count(completion.image_tokens),
  }
  return {
    ...Object.fromEntries(Object.entries(found).filter(([, tokens]) => tokens !== undefined)),
    ...(serviceTier !== undefined && { serviceTier }),
    source: 'provider',
  }
}

function outputOf(usage: Fields, reasoning: number | undefined): number | undefined {
  const output = count(usage.completion_tokens)
  const input = count(usage.prompt_tokens)
  if (output === undefined || input === undefined || !reasoning) return output
  return count(usage.total_tokens) === input + output + reasoning ? output + reasoning : output
}
