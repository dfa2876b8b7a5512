import { expect, it } from 'vitest'
import { usageOf } from './usage.ts'

it.each<[unknown, object | undefined]>([
  [null, undefined],
  [
    { prompt_tokens: 1, completion_tokens: 2 },
    { inputTokens: 1, outputTokens: 2 },
  ],
  [
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 2, cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 1 },
    },
    {
      inputTokens: 10,
      outputTokens: 5,
      cacheReadTokens: 0,
      cacheWriteTokens: 3,
      reasoningTokens: 4,
      audioInputTokens: 2,
      audioOutputTokens: 1,
    },
  ],
  [
    { prompt_tokens: 10, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 },
    { inputTokens: 10, cacheReadTokens: 8 },
  ],
  // reasoning counted beside the completion, as the total shows
  [
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 45, completion_tokens_details: { reasoning_tokens: 30 } },
    { inputTokens: 10, outputTokens: 35, reasoningTokens: 30 },
  ],
  [{ prompt_tokens: null, completion_tokens: -1, prompt_tokens_details: null }, {}],
])('%j', (usage, expected) => {
  expect(usageOf(usage)).toEqual(expected && { ...expected, source: 'provider' })
})

it('carries the tier that was billed', () => {
  expect(usageOf({ prompt_tokens: 1 }, 'flex')).toEqual({ inputTokens: 1, serviceTier: 'flex', source: 'provider' })
})
