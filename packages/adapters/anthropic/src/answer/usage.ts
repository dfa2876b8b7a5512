import type { Usage } from '@cepa/core'
import { type Fields, fieldsOf } from './fields.ts'

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

/** The sum of what is known; `undefined` where nothing is. */
const sum = (...counts: readonly (number | undefined)[]): number | undefined =>
  counts.every((each) => each === undefined)
    ? undefined
    : counts.reduce<number>((total, each) => total + (each ?? 0), 0)

/** The usage of an answer, which is told at its start and again, cumulated, towards its end. */
export class UsageCount {
  #told: Fields = {}

  /** Takes a usage in, and gives all that is known by then; `undefined` where nothing is told. */
  add(value: unknown): Usage | undefined {
    if (typeof value !== 'object' || value === null) return undefined
    // later numbers are totals; what a later one leaves out, or has no number for, stays
    const given = Object.entries(value).filter(([, each]) => each !== null && each !== undefined)
    this.#told = { ...this.#told, ...Object.fromEntries(given) }
    return usageOf(this.#told)
  }
}

/**
 * The provider's usage in Cepa's form. Anthropic counts what was read from and written to the prompt cache beside the input, Cepa
 * within it; reasoning is part of the output in both.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function usageOf(usage: Fields): Usage {
  const written = fieldsOf(usage.cache_creation)
  const hour = count(written.ephemeral_1h_input_tokens)
  const cacheRead = count(usage.cache_read_input_tokens)
  const cacheWrite = count(usage.cache_creation_input_tokens) ?? sum(hour, count(written.ephemeral_5m_input_tokens))
  const input = count(usage.input_tokens)
  const toolUses = serverToolUses(fieldsOf(usage.server_tool_use))
  const counts: Readonly<Record<string, number | undefined>> = {
    inputTokens: input === undefined ? undefined : sum(input, cacheRead, cacheWrite),
    outputTokens: count(usage.output_tokens),
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWriteHourTokens: hour,
    reasoningTokens: count(fieldsOf(usage.output_tokens_details).thinking_tokens),
  }
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, tokens]) => tokens !== undefined)),
    ...(toolUses && { serverToolUses: toolUses }),
    ...(typeof usage.service_tier === 'string' && { serviceTier: usage.service_tier }),
    source: 'provider',
  }
}

const REQUESTS = '_requests'

/** How often the provider used its own tools: `web_search_requests` is of `web_search`. */
function serverToolUses(told: Fields): Readonly<Record<string, number>> | undefined {
  const uses: Record<string, number> = {}
  for (const field in told) {
    const times = count(told[field])
    if (times !== undefined && field.endsWith(REQUESTS)) uses[field.slice(0, -REQUESTS.length)] = times
  }
  return Object.keys(uses).length > 0 ? uses : undefined
}
