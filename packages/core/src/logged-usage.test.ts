import { expect, test } from 'vitest'
import { loggedUsage, type Usage } from './index.ts'

test.each<[Usage, object]>([
  [
    {
      inputTokens: 12,
      outputTokens: 5,
      cacheReadTokens: 4,
      cacheWriteTokens: 3,
      reasoningTokens: 2,
      source: 'provider',
    },
    {
      prompt_tokens: 12,
      completion_tokens: 5,
      total_tokens: 17,
      cached_tokens: 4,
      cache_write_tokens: 3,
      reasoning_tokens: 2,
      usage_source: 'provider',
    },
  ],
  [
    { inputTokens: 0, source: 'estimate' },
    { prompt_tokens: 0, usage_source: 'estimate' },
  ],
  [
    { outputTokens: 5, source: 'partial' },
    { completion_tokens: 5, usage_source: 'partial' },
  ],
  [{ source: 'cache' }, { usage_source: 'cache' }],
])('a usage in the logged names: %j', (usage, logged) => {
  expect(loggedUsage(usage)).toEqual(logged)
})
