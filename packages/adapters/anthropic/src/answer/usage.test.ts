import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { START_USAGE, startUsage } from '../../test/wire.ts'
import { UsageCount, usageOf } from './usage.ts'

it.each<[object, object]>([
  [
    { input_tokens: 5, output_tokens: 2 },
    { inputTokens: 5, outputTokens: 2 },
  ],
  [START_USAGE, startUsage],
  // both tiers of cache writes without their sum
  [
    { input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 4 } },
    { inputTokens: 7, cacheWriteTokens: 6, cacheWriteHourTokens: 4 },
  ],
  [
    { input_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: null, cache_creation: null },
    { inputTokens: 1, cacheReadTokens: 0 },
  ],
  [
    { output_tokens: 8, server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 }, service_tier: 'priority' },
    { outputTokens: 8, serverToolUses: { web_search: 2, web_fetch: 0 }, serviceTier: 'priority' },
  ],
  // what was not counted is not known
  [{ cache_read_input_tokens: 9, output_tokens: -1 }, { cacheReadTokens: 9 }],
])('%j', (usage, expected) => {
  expect(usageOf(usage as Record<string, unknown>)).toEqual({ source: 'provider', ...expected })
})

describe('over an answer', () => {
  it('later totals win, what they leave open stays', () => {
    const count = new UsageCount()
    expect(count.add(undefined)).toBeUndefined()
    expect(count.add(START_USAGE)).toEqual(startUsage)
    const later = { input_tokens: null, output_tokens: 40, server_tool_use: { web_search_requests: 1 } }
    expect(count.add(later)).toEqual({ ...startUsage, outputTokens: 40, serverToolUses: { web_search: 1 } })
  })

  it('the input is always the sum of its three parts', () => {
    const tokens = fc.nat({ max: 1_000_000 })
    fc.assert(
      fc.property(fc.record({ input: tokens, read: tokens, minutes: tokens, hour: tokens }), (given) => {
        const { input, read, minutes, hour } = given
        const usage = usageOf({
          input_tokens: input,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: minutes + hour,
          cache_creation: { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour },
        })
        expect(usage.inputTokens).toBe(input + read + minutes + hour)
        expect(usage.cacheWriteTokens).toBe(minutes + hour)
        expect(usage.cacheWriteHourTokens).toBe(hour)
      }),
    )
  })
})
