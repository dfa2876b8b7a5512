import type { Usage } from '@cepa/core'

/** What is known of an answer's output and of the time in which it came. */
export interface Output {
  readonly usage: Usage | undefined
  /** Whether reasoning was among the events. */
  readonly reasoned: boolean
  /** From the first content to the last token, in milliseconds. */
  readonly elapsedMs: number
}

/**
 * Output tokens per second, from the first content to the last token; absent where the provider told no usage, where all came at
 * once, and for a replay from a cache. Reasoning that the provider counts but did not send was over before the first content,
 * and is left out.
 */
export function outputTokensPerSecond({ usage, reasoned, elapsedMs }: Output): number | undefined {
  if (usage?.outputTokens === undefined || usage.source === 'cache') return undefined
  const tokens = usage.outputTokens - (reasoned ? 0 : (usage.reasoningTokens ?? 0))
  return tokens > 0 && elapsedMs > 0 ? (tokens * 1000) / elapsedMs : undefined
}
