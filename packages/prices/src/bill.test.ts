import type { NoPrice, Price, PriceRequest, Usage } from '@cepa/core'
import { calcPrice } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prices } from './index.ts'
import { TIER_RULES } from './service-tiers.ts'

const epochMs = Date.UTC(2026, 9, 1)
const table = prices()

type Asked = Partial<Omit<PriceRequest, 'usage'>> & Pick<PriceRequest, 'provider' | 'model'>

const priceOf = (asked: Asked, usage: Omit<Usage, 'source'>, from = table): Price | NoPrice =>
  from.price({ operation: 'chat', epochMs, ...asked, usage: { source: 'provider', ...usage } })

const usdOf = (price: Price | NoPrice): number => ('usd' in price ? price.usd : Number.NaN)

const sonnet = { provider: 'anthropic', model: 'claude-sonnet-4-6' }
const opus = { provider: 'anthropic', model: 'claude-opus-4-8' }
const gpt = { provider: 'openai', model: 'gpt-5' }
const long = { provider: 'openai', model: 'gpt-5.4' }
const flash = { provider: 'gemini', model: 'gemini-2.5-flash' }
const M = 1_000_000

/** Each rule: what is asked, what was used, and each part in US dollars. */
const PRICED: readonly (readonly [string, Asked, Omit<Usage, 'source'>, Record<string, number>])[] = [
  ['input and output', opus, { inputTokens: M, outputTokens: M }, { input: 5, output: 25 }],
  [
    'cache reads, apart from the rest of the input',
    opus,
    { inputTokens: M, cacheReadTokens: 400_000, outputTokens: 0 },
    { input: 3, cacheRead: 0.2 },
  ],
  [
    'cache writes for 5 minutes and for 1 hour',
    opus,
    { inputTokens: M, cacheWriteTokens: 600_000, cacheWriteHourTokens: 200_000, outputTokens: 0 },
    { input: 2, cacheWrite: 2.5, cacheWriteHour: 2 },
  ],
  [
    'cache writes of a provider that has one lifetime',
    { provider: 'openai', model: 'gpt-6-luna' },
    { inputTokens: 100_000, cacheWriteTokens: 100_000, outputTokens: 0 },
    { cacheWrite: 0.0125 },
  ],
  ['reasoning as output', gpt, { inputTokens: 0, outputTokens: M, reasoningTokens: 900_000 }, { output: 10 }],
  [
    'a request below the long context',
    long,
    { inputTokens: 271_999, outputTokens: M },
    { input: 0.6799975, output: 15 },
  ],
  ['a long context, the whole request', long, { inputTokens: 272_000, outputTokens: M }, { input: 1.36, output: 22.5 }],
  [
    'cache reads of a long context',
    long,
    { inputTokens: 300_000, cacheReadTokens: 300_000, outputTokens: 0 },
    { cacheRead: 0.15 },
  ],
  [
    'the day of the attempt',
    { ...opus, model: 'claude-opus-4-6', epochMs: Date.UTC(2026, 2, 1) },
    { inputTokens: M, outputTokens: 0 },
    { input: 10 },
  ],
  ['a later day', { ...opus, model: 'claude-opus-4-6' }, { inputTokens: M, outputTokens: 0 }, { input: 5 }],
  [
    'audio at its own rate',
    { ...flash, sent: ['audio'] },
    { inputTokens: M, audioInputTokens: 400_000, outputTokens: 0 },
    { input: 0.18, audioInput: 0.4 },
  ],
  [
    'audio of an answer at its own rate',
    { provider: 'openai', model: 'gpt-4o-realtime-preview', received: ['audio'] },
    { inputTokens: M, outputTokens: M, audioOutputTokens: 500_000 },
    { input: 5, output: 10, audioOutput: 40 },
  ],
  [
    'images of an answer at their own rate',
    { provider: 'gemini', model: 'gemini-2.5-flash-image', received: ['image'] },
    { inputTokens: M, outputTokens: 100_000, imageOutputTokens: 90_000 },
    { input: 0.3, output: 0.025, imageOutput: 2.7 },
  ],
  [
    'images of a request at their own rate',
    { provider: 'openai', model: 'gpt-realtime-2.1-mini', sent: ['image'] },
    { inputTokens: M, imageInputTokens: M, outputTokens: 0 },
    { imageInput: 0.8 },
  ],
  [
    'images that a provider bills like text',
    { ...opus, sent: ['image', 'document'] },
    { inputTokens: M, outputTokens: 0 },
    { input: 5 },
  ],
  [
    'images that are billed like text, told and cached',
    { ...flash, sent: ['image'] },
    { inputTokens: M, imageInputTokens: 500_000, cacheReadTokens: 500_000, outputTokens: 0 },
    { input: 0.15, cacheRead: 0.015 },
  ],
  [
    'web searches by use',
    opus,
    { inputTokens: M, outputTokens: 0, serverToolUses: { web_search: 3 } },
    { input: 5, web_search: 0.03 },
  ],
  [
    'file searches by use',
    gpt,
    { inputTokens: 0, outputTokens: 0, serverToolUses: { file_search: 2 } },
    { file_search: 0.005 },
  ],
  [
    'tools that cost nothing',
    opus,
    { inputTokens: 0, outputTokens: 0, serverToolUses: { web_fetch: 9 } },
    { web_fetch: 0 },
  ],
  ['no use of a tool', flash, { inputTokens: 0, outputTokens: 0, serverToolUses: { anything: 0 } }, {}],
  [
    'embeddings, which have no output',
    { provider: 'openai', model: 'text-embedding-3-small', operation: 'embed' },
    { inputTokens: M },
    { input: 0.02 },
  ],
  [
    'the standard tier, by its names',
    gpt,
    { inputTokens: M, outputTokens: 0, serviceTier: 'default' },
    { input: 1.25 },
  ],
  [
    'a batch, but not the tools in it',
    opus,
    { inputTokens: M, cacheReadTokens: M, outputTokens: M, serviceTier: 'batch', serverToolUses: { web_search: 1 } },
    { cacheRead: 0.25, output: 12.5, web_search: 0.01 },
  ],
  [
    'a batch that the caller knows of',
    { ...gpt, batch: true },
    { inputTokens: M, outputTokens: M },
    { input: 0.625, output: 5 },
  ],
  [
    'the flex tier',
    gpt,
    { inputTokens: M, cacheReadTokens: M, outputTokens: M, serviceTier: 'flex' },
    { cacheRead: 0.0625, output: 5 },
  ],
  [
    'the priority tier of a model that has one',
    gpt,
    { inputTokens: M, outputTokens: M, serviceTier: 'priority' },
    { input: 2.5, output: 20 },
  ],
  [
    'a tier in the provider’s own spelling',
    flash,
    { inputTokens: M, outputTokens: 0, serviceTier: 'SERVICE_TIER_FLEX' },
    { input: 0.15 },
  ],
  [
    'the tier that was billed, not the one that was asked for',
    { ...gpt, providerOptions: { service_tier: 'priority' } },
    { inputTokens: M, outputTokens: 0, serviceTier: 'default' },
    { input: 1.25 },
  ],
  [
    'the tier that was asked for, where none was told',
    { ...gpt, providerOptions: { service_tier: 'flex' } },
    { inputTokens: M, outputTokens: 0 },
    { input: 0.625 },
  ],
  [
    'the model that answered',
    { ...opus, model: 'my-deployment', answeredBy: 'claude-opus-4-8' },
    { inputTokens: M, outputTokens: 0 },
    { input: 5 },
  ],
  [
    'the model that was asked for, where the answer’s name says nothing',
    { ...opus, answeredBy: 'x' },
    { inputTokens: M, outputTokens: 0 },
    { input: 5 },
  ],
  [
    'tools of the caller’s own',
    { ...gpt, providerOptions: { tools: [{ type: 'function', function: { name: 'f' } }] } },
    { inputTokens: M, outputTokens: 0 },
    { input: 1.25 },
  ],
  [
    'a paid tool that was not used, at a provider that tells every use',
    { ...opus, providerOptions: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] } },
    { inputTokens: M, outputTokens: 0 },
    { input: 5 },
  ],
]

/** Each part that must make the price unknown instead of costing what another part does. */
const UNKNOWN: readonly (readonly [string, Asked, Omit<Usage, 'source'>, string])[] = [
  [
    'a provider that is not in the table',
    { provider: 'ollama', model: 'llama3' },
    { inputTokens: 1, outputTokens: 1 },
    'no provider ollama',
  ],
  [
    'a provider with a name like another’s',
    { provider: 'openai-compatible', model: 'gpt-5' },
    { inputTokens: 1, outputTokens: 1 },
    'no provider',
  ],
  [
    'a model that is not in the table',
    { ...gpt, model: 'gpt-99' },
    { inputTokens: 1, outputTokens: 1 },
    'no model gpt-99 of openai',
  ],
  ['input that is not known', opus, { outputTokens: 1 }, 'input tokens are not known'],
  ['output that is not known', opus, { inputTokens: 1 }, 'output tokens are not known'],
  [
    'cache reads without a price',
    { provider: 'openai', model: 'gpt-5-pro' },
    { inputTokens: 9, cacheReadTokens: 5, outputTokens: 1 },
    'no price for cacheRead',
  ],
  [
    'cache writes without a price',
    gpt,
    { inputTokens: 9, cacheWriteTokens: 5, outputTokens: 1 },
    'no price for cacheWrite',
  ],
  [
    'cache writes for an hour without a price of their own',
    { provider: 'google', model: 'claude-opus-4-8' },
    { inputTokens: 9, cacheWriteTokens: 5, cacheWriteHourTokens: 5, outputTokens: 1 },
    'no price for cacheWriteHour',
  ],
  [
    'cache writes of an unknown lifetime',
    opus,
    { inputTokens: 9, cacheWriteTokens: 5, outputTokens: 1 },
    'for 5 minutes and how much for 1 hour',
  ],
  [
    'audio without a price',
    sonnet,
    { inputTokens: 9, audioInputTokens: 5, outputTokens: 1 },
    'no price for audioInput',
  ],
  [
    'audio that is not told',
    { ...flash, sent: ['audio'] },
    { inputTokens: 9, outputTokens: 1 },
    'the request has audio',
  ],
  [
    'audio that may be cached',
    flash,
    { inputTokens: 9, audioInputTokens: 5, cacheReadTokens: 2, outputTokens: 1 },
    'came from the cache',
  ],
  [
    'images without a price',
    { provider: 'groq', model: 'llama-3.3-70b-versatile' },
    { inputTokens: 9, imageInputTokens: 5, outputTokens: 1 },
    'no price for imageInput',
  ],
  [
    'images that are not told, where no rule says how they are billed',
    { provider: 'groq', model: 'llama-3.3-70b-versatile', sent: ['image'] },
    { inputTokens: 9, outputTokens: 1 },
    'the request has image',
  ],
  [
    'images that are not told, of a model with a price for them',
    { provider: 'openai', model: 'gpt-realtime-2.1-mini', sent: ['image'] },
    { inputTokens: 9, outputTokens: 1 },
    'the request has image',
  ],
  [
    'images of an answer that are not told',
    { ...flash, model: 'gemini-2.5-flash-image', received: ['image'] },
    { inputTokens: 9, outputTokens: 1 },
    'the answer has images',
  ],
  [
    'images of an answer without a price',
    { ...flash, received: ['image'] },
    { inputTokens: 9, outputTokens: 9, imageOutputTokens: 5 },
    'no price for imageOutput',
  ],
  [
    'audio of an answer that is not told',
    { ...gpt, received: ['audio'] },
    { inputTokens: 9, outputTokens: 9 },
    'the answer has audio',
  ],
  ['video of an answer', { ...flash, received: ['video'] }, { inputTokens: 9, outputTokens: 9 }, 'has video'],
  [
    'video of a request with a price of its own',
    { provider: 'gemini', model: 'gemini-embedding-2', sent: ['video'] },
    { inputTokens: 9, outputTokens: 0 },
    'the request has video',
  ],
  [
    'a document where no rule says how it is billed',
    { provider: 'mistral', model: 'mistral-large-latest', sent: ['document'] },
    { inputTokens: 9, outputTokens: 9 },
    'the request has document',
  ],
  [
    'citations, which no usage tells',
    { provider: 'perplexity', model: 'sonar-deep-research' },
    { inputTokens: 9, outputTokens: 9 },
    'output_citation_mtok',
  ],
  [
    'a service tier without a rule',
    opus,
    { inputTokens: 9, outputTokens: 9, serviceTier: 'priority' },
    'no price for priority at anthropic',
  ],
  [
    'a service tier that the model has no price in',
    { ...gpt, model: 'gpt-5-nano' },
    { inputTokens: 9, outputTokens: 9, serviceTier: 'priority' },
    'no price for priority',
  ],
  [
    'the priority tier with a long context',
    long,
    { inputTokens: 300_000, outputTokens: 9, serviceTier: 'priority' },
    'with a long context',
  ],
  [
    'a tier left to the provider that it did not tell',
    { ...gpt, providerOptions: { service_tier: 'auto' } },
    { inputTokens: 9, outputTokens: 9 },
    'no price for auto',
  ],
  [
    'cache reads in a batch without a price for them',
    { ...gpt, batch: true },
    { inputTokens: 9, cacheReadTokens: 5, outputTokens: 9 },
    'no price for cacheRead tokens in this service tier',
  ],
  [
    'the fast mode',
    { ...opus, providerOptions: { speed: 'fast' } },
    { inputTokens: 9, outputTokens: 9 },
    'no price for speed:fast',
  ],
  [
    'a region at a price of its own',
    { ...opus, providerOptions: { inference_geo: 'us' } },
    { inputTokens: 9, outputTokens: 9 },
    'inference_geo:us',
  ],
  [
    'a server tool without a price',
    opus,
    { inputTokens: 9, outputTokens: 9, serverToolUses: { code_execution: 1 } },
    'no price for uses of code_execution',
  ],
  [
    'a server tool that nobody knows',
    gpt,
    { inputTokens: 9, outputTokens: 9, serverToolUses: { teleport: 1 } },
    'no price for uses of teleport',
  ],
  [
    'server tools whose uses are not told',
    { ...gpt, providerOptions: { tools: [{ type: 'web_search' }] } },
    { inputTokens: 9, outputTokens: 9 },
    'own tools are not told',
  ],
  [
    'a search by option',
    { ...gpt, providerOptions: { web_search_options: {} } },
    { inputTokens: 9, outputTokens: 9 },
    'own tools are not told',
  ],
  [
    'a search that the model always makes',
    { ...gpt, model: 'gpt-4o-search-preview' },
    { inputTokens: 9, outputTokens: 9 },
    'own tools are not told',
  ],
  [
    'grounding at Google',
    { ...flash, providerOptions: { tools: [{ googleSearch: {} }] } },
    { inputTokens: 9, outputTokens: 9 },
    'own tools are not told',
  ],
  [
    'a price by request that varies',
    { provider: 'perplexity', model: 'sonar' },
    { inputTokens: 9, outputTokens: 9 },
    'requests_kcount',
  ],
  [
    'counts that contradict each other',
    opus,
    { inputTokens: 9, cacheReadTokens: 10, outputTokens: 9 },
    'contradict each other',
  ],
  [
    'more written for an hour than written',
    opus,
    { inputTokens: 9, cacheWriteTokens: 3, cacheWriteHourTokens: 4, outputTokens: 9 },
    'contradict each other',
  ],
  [
    'a model whose entry has no rates',
    { ...gpt, model: 'omni-moderation-latest' },
    { inputTokens: 9, outputTokens: 9 },
    'no price for input',
  ],
]

describe('priced by rule', () => {
  test.each(PRICED)('%s', (...[, asked, usage, parts]) => {
    const price = priceOf(asked, usage)
    expect(price).not.toHaveProperty('unknown')
    const found = (price as Price).parts
    expect(Object.keys(found).sort()).toEqual(Object.keys(parts).sort())
    for (const [part, usd] of Object.entries(parts)) expect(found[part], part).toBeCloseTo(usd, 9)
    expect(usdOf(price)).toBeCloseTo(
      Object.values(parts).reduce((sum, usd) => sum + usd, 0),
      9,
    )
  })

  test('carries the source and date of the table, and of the rule that was used beside it', () => {
    const standard = priceOf(gpt, { inputTokens: 1, outputTokens: 1 })
    expect(standard).toMatchObject({ source: '@pydantic/genai-prices 0.1.8', date: '2026-09-23' })
    const flex = priceOf(gpt, { inputTokens: 1, outputTokens: 1, serviceTier: 'flex' })
    expect(flex).toMatchObject({
      source: '@pydantic/genai-prices 0.1.8, https://developers.openai.com/api/docs/guides/flex-processing',
      date: '2026-09-23',
    })
  })

  test('every rule of a tier has a source and a date, and models that the table knows', () => {
    for (const { origin, models = [], provider } of TIER_RULES) {
      expect(origin.source).toMatch(/^https:\/\//)
      expect(origin.date).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      for (const model of models) {
        expect(priceOf({ provider, model }, { inputTokens: 1, outputTokens: 1 })).not.toHaveProperty('unknown')
      }
    }
  })
})

describe('unknown, never the price of another part', () => {
  test.each(UNKNOWN)('%s', (...[, asked, usage, reason]) => {
    const price = priceOf(asked, usage)
    expect(price).not.toHaveProperty('usd')
    expect((price as NoPrice).unknown).toContain(reason)
  })

  test('also where an answer was cut short before the provider could tell the uses of its tools', () => {
    const providerOptions = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }
    const usage: Usage = { inputTokens: 9, outputTokens: 9, source: 'partial' }
    expect(table.price({ operation: 'chat', epochMs, ...opus, providerOptions, usage })).toHaveProperty('unknown')
  })
})

describe('against the library', () => {
  const tokens = fc.integer({ min: 0, max: 400_000 })

  test('agrees wherever a model has a price for every part', () => {
    const models = [
      opus,
      gpt,
      long,
      { provider: 'google', model: 'gemini-2.5-pro' },
      { provider: 'x-ai', model: 'grok-4.5' },
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.tuple(tokens, tokens, tokens),
        (asked, [fresh, cacheReadTokens, outputTokens]) => {
          const inputTokens = fresh + cacheReadTokens
          const theirs = calcPrice(
            { input_tokens: inputTokens, cache_read_tokens: cacheReadTokens, output_tokens: outputTokens },
            asked.model,
            { providerId: asked.provider, timestamp: new Date(epochMs) },
          )
          const ours = usdOf(priceOf(asked, { inputTokens, cacheReadTokens, outputTokens }))
          expect(ours).toBeCloseTo(theirs?.total_price as number, 9)
        },
      ),
    )
  })

  test('never costs less when more was used of any part', () => {
    fc.assert(
      fc.property(
        fc.tuple(tokens, tokens, tokens),
        fc.integer({ min: 1, max: 1_000 }),
        ([fresh, read, output], more) => {
          const cost = (input: number, cached: number, out: number): number =>
            usdOf(priceOf(opus, { inputTokens: input + cached, cacheReadTokens: cached, outputTokens: out }))
          const before = cost(fresh, read, output)
          expect(cost(fresh + more, read, output)).toBeGreaterThan(before)
          expect(cost(fresh, read + more, output)).toBeGreaterThan(before)
          expect(cost(fresh, read, output + more)).toBeGreaterThan(before)
        },
      ),
    )
  })
})
