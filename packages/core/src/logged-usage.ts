import type { Usage } from './event.ts'

/** A usage under the names that this field searches its logs by. */
export interface LoggedUsage {
  readonly prompt_tokens?: number
  readonly completion_tokens?: number
  readonly total_tokens?: number
  readonly cached_tokens?: number
  readonly cache_write_tokens?: number
  readonly reasoning_tokens?: number
  /** Where the numbers come from. */
  readonly usage_source: Usage['source']
}

/**
 * A usage in the logged names. What is unknown is absent; the total is there when both of its parts are.
 *
 * @example
 * loggedUsage({ inputTokens: 12, outputTokens: 5, source: 'provider' })
 * // → { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17, usage_source: 'provider' }
 */
export function loggedUsage(usage: Usage): LoggedUsage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, source } = usage
  return {
    ...(inputTokens !== undefined && { prompt_tokens: inputTokens }),
    ...(outputTokens !== undefined && { completion_tokens: outputTokens }),
    ...(inputTokens !== undefined && outputTokens !== undefined && { total_tokens: inputTokens + outputTokens }),
    ...(cacheReadTokens !== undefined && { cached_tokens: cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
    ...(reasoningTokens !== undefined && { reasoning_tokens: reasoningTokens }),
    usage_source: source,
  }
}
