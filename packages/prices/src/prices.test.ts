import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type NoPrice, OptionError, type Price, type PriceRequest, ProviderError, type Usage } from '@cepa/core'
import { describe, expect, test } from 'vitest'
import {
  type FetchPrices,
  type PriceData,
  type PriceOverride,
  type PricesOptions,
  type PriceUpdate,
  prices,
  type Rates,
} from './index.ts'

const usage: Usage = { inputTokens: 1_000_000, outputTokens: 1_000_000, source: 'provider' }

const asked = (change: Partial<PriceRequest> = {}): PriceRequest => ({
  provider: 'openai',
  model: 'gpt-5',
  operation: 'chat',
  epochMs: Date.UTC(2026, 9, 1),
  usage,
  ...change,
})

const dataOf = (rates: Rates, id = 'openai'): PriceData => [
  { id, models: [{ id: 'gpt-5', match: { starts_with: 'gpt-5' }, prices: rates }] },
]

const NEW = dataOf({ input_mtok: 7, output_mtok: 8 })

describe('update', () => {
  test('takes data that is given, for this table alone, and prices by it from then on', async () => {
    const table = prices()
    const other = prices()
    expect(table.origin).toEqual({ source: '@pydantic/genai-prices 0.1.8', date: '2026-09-23' })
    const origin = { source: 'our own list', date: '2026-11-01' }
    expect(await table.update({ data: NEW, ...origin })).toEqual(origin)
    expect(table.origin).toEqual(origin)
    expect(table.price(asked())).toEqual({ usd: 15, parts: { input: 7, output: 8 }, ...origin })
    expect(other.price(asked())).toMatchObject({ usd: 11.25 })
    expect(table.price(asked({ provider: 'anthropic', model: 'claude-opus-4-8' }))).toHaveProperty('unknown')
  })

  test('fetches from a URL, and dates it by when the server last changed it', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('last-modified', 'Tue, 03 Nov 2026 07:00:00 GMT')
      response.end(JSON.stringify(NEW))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.json`
    const table = prices({ url })
    expect(await table.update()).toEqual({ source: url, date: '2026-11-03' })
    expect(table.price(asked())).toMatchObject({ usd: 15 })
    expect(await table.update({ source: 'mirror', date: '2026-11-04' })).toEqual({
      source: 'mirror',
      date: '2026-11-04',
    })
    await new Promise((resolve) => server.close(resolve))
  })

  const answering =
    (body: string, status = 200): FetchPrices =>
    async () => ({
      ok: status < 400,
      status,
      headers: { get: () => null },
      text: async () => body,
    })

  test('is dated by today where the server does not say when it changed', async () => {
    const table = prices({ fetch: answering(JSON.stringify(NEW)) })
    const before = new Date().toISOString().slice(0, 10)
    const { date } = await table.update()
    expect([before, new Date().toISOString().slice(0, 10)]).toContain(date)
  })

  test.each<[string, FetchPrices, [string, string]]>([
    ['a status', answering('nothing', 503), ['server', 'status 503']],
    ['no JSON', answering('<html>'), ['malformed', 'no JSON']],
    ['an answer without end', answering(' '.repeat(32_000_001)), ['malformed', 'more than 32000000']],
    [
      'no connection',
      async () => {
        throw new TypeError('fetch failed')
      },
      ['network', 'could not be fetched'],
    ],
  ])('that gets %s fails with an error of kind, and leaves the table as it was', async (_, fetch, [kind, message]) => {
    const table = prices({ fetch })
    const error = await table.update().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ provider: 'prices', kind, message: expect.stringContaining(message) })
    expect(table.price(asked())).toMatchObject({ usd: 11.25 })
  })

  test('is given up after timeoutMs', async () => {
    const fetch: FetchPrices = (_url, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    await expect(prices({ fetch, timeoutMs: 5 }).update()).rejects.toMatchObject({ kind: 'network' })
  })

  test('with data that cannot be right names the place, and leaves the table as it was', async () => {
    const table = prices({ fetch: answering(JSON.stringify([{ id: 'openai', models: [{ id: 'm' }] }])) })
    await expect(table.update()).rejects.toThrow('prices.update: option data[0].models[0].match is undefined')
    const data = dataOf({ input_mtok: -3 })
    await expect(table.update({ data, source: 'x', date: '2026-01-01' })).rejects.toThrow(OptionError)
    expect(table.price(asked())).toMatchObject({ usd: 11.25 })
  })

  test.each([
    [{ data: NEW, date: '2026-01-01' }, 'option source is absent; with data of your own it must be given'],
    [{ data: NEW, source: 'x' }, 'option date is absent'],
    [{ data: NEW, source: 'x', date: 'yesterday' }, 'option date is "yesterday"; it must be a day as YYYY-MM-DD'],
    [{ url: 'https://example.org' }, 'there is no such option'],
  ])('checks what it is given: %j', async (given, message) => {
    await expect(prices().update(given as PriceUpdate)).rejects.toThrow(message)
  })

  test('that overlaps a later one does not overwrite it', async () => {
    const slow = Promise.withResolvers<void>()
    const fetch: FetchPrices = async (url, init) => {
      await slow.promise
      return answering(JSON.stringify(dataOf({ input_mtok: 1, output_mtok: 1 })))(url, init)
    }
    const table = prices({ fetch })
    const first = table.update()
    await table.update({ data: NEW, source: 'newer', date: '2026-11-02' })
    slow.resolve()
    expect(await first).toEqual({ source: 'newer', date: '2026-11-02' })
    expect(table.price(asked())).toMatchObject({ usd: 15 })
  })
})

describe('rules on data with other rates', () => {
  const priced = async (rates: Rates, change: Partial<Usage> = {}): Promise<Price | NoPrice> => {
    const table = prices()
    await table.update({ data: dataOf(rates), source: 'test', date: '2026-11-01' })
    return table.price(asked({ usage: { ...usage, ...change } }))
  }

  test('reasoning with a price of its own is told apart, and unknown where it is not told', async () => {
    const rates = { input_mtok: 1, output_mtok: 2, output_reasoning_mtok: 3 }
    expect(await priced(rates, { reasoningTokens: 500_000 })).toMatchObject({ parts: { output: 1, reasoning: 1.5 } })
    expect(await priced(rates)).toMatchObject({ unknown: expect.stringContaining('reasoning tokens') })
    expect(await priced({ ...rates, output_reasoning_mtok: 2 })).toMatchObject({ parts: { input: 1, output: 2 } })
  })

  test('a rate for 5-minute writes of its own is taken for those', async () => {
    const rates = { input_mtok: 1, output_mtok: 0, cache_write_mtok: 9, cache_write_5m_mtok: 4, cache_write_1h_mtok: 6 }
    const written = { cacheWriteTokens: 1_000_000, cacheWriteHourTokens: 250_000 }
    expect(await priced(rates, written)).toMatchObject({ parts: { cacheWrite: 3, cacheWriteHour: 1.5 } })
  })

  test('tiers hold in any order in which they are written', async () => {
    const tiers = [
      { start: 500_000, price: 9 },
      { start: 100_000, price: 5 },
    ]
    const rates = { input_mtok: { base: 1, tiers }, output_mtok: 0 }
    expect(await priced(rates, { inputTokens: 100_000, outputTokens: 0 })).toMatchObject({ usd: 0.1 })
    expect(await priced(rates, { inputTokens: 100_001, outputTokens: 0 })).toMatchObject({ usd: 0.500005 })
    expect(await priced(rates, { inputTokens: 1_000_000, outputTokens: 0 })).toMatchObject({ usd: 9 })
  })
})

describe('overrides', () => {
  const own: PriceOverride = {
    provider: 'ollama',
    model: 'llama*',
    rates: { input_mtok: 0.5, output_mtok: 1, requests_kcount: 2 },
    source: 'our electricity',
    date: '2026-02-03',
  }

  const priceBy = (overrides: readonly PriceOverride[], change: Partial<PriceRequest> = {}): Price | NoPrice =>
    prices({ overrides }).price(asked(change))

  test('price what the table does not have, with their own source and date', () => {
    expect(priceBy([own], { provider: 'ollama', model: 'llama3.3' })).toEqual({
      usd: 1.502,
      parts: { input: 0.5, output: 1, request: 0.002 },
      source: 'our electricity',
      date: '2026-02-03',
    })
    expect(priceBy([own], { provider: 'ollama', model: 'mistral' })).toHaveProperty('unknown')
    expect(priceBy([own], { model: 'llama3.3' })).toHaveProperty('unknown')
  })

  test('stand instead of the table, whole: what they leave out has no price', () => {
    const contract = {
      provider: 'openai',
      model: 'gpt-5',
      rates: { input_mtok: 1, output_mtok: 1 },
      date: '2026-02-03',
    }
    expect(priceBy([contract])).toMatchObject({ usd: 2, source: 'override' })
    const cached = { ...usage, cacheReadTokens: 5 }
    expect(priceBy([contract], { usage: cached })).toMatchObject({ unknown: 'gpt-5 has no price for cacheRead tokens' })
    const flex = { ...usage, serviceTier: 'flex' }
    expect(priceBy([contract], { usage: flex })).toMatchObject({ unknown: 'there is no price for flex at openai' })
    expect(priceBy([contract], { model: 'gpt-5-mini' })).toMatchObject({ usd: 2.25 })
  })

  test('the first that fits is taken, by the model that answered or that was asked', () => {
    const free = { provider: 'openai', rates: { input_mtok: 0, output_mtok: 0 }, date: '2026-02-03' }
    const one = { ...free, model: 'gpt-5-2025-08-07', rates: { input_mtok: 1, output_mtok: 0 } }
    expect(priceBy([one, free], { answeredBy: 'gpt-5-2025-08-07' })).toMatchObject({ usd: 1 })
    expect(priceBy([free, one], { answeredBy: 'gpt-5-2025-08-07' })).toMatchObject({ usd: 0 })
  })

  test('give service tiers and priced options a factor, on the rates of the table', () => {
    const tiers = [{ provider: 'anthropic', serviceTiers: { priority: 1.2, 'speed:fast': 6 } }]
    const opus = { provider: 'anthropic', model: 'claude-opus-4-8' }
    expect(priceBy(tiers, { ...opus, usage: { ...usage, serviceTier: 'priority' } })).toMatchObject({
      usd: 36,
      source: '@pydantic/genai-prices 0.1.8',
    })
    const providerOptions = { speed: 'fast' }
    expect(priceBy(tiers, { ...opus, providerOptions })).toMatchObject({ usd: 180 })
    const both = priceBy(tiers, { ...opus, providerOptions, usage: { ...usage, serviceTier: 'batch' } })
    expect(both).toMatchObject({ usd: 90 })
  })

  test('say which media a provider bills like text', () => {
    const vision = { provider: 'groq', model: 'llama-3.3-70b-versatile', sent: ['image'] } as const
    expect(priceBy([], vision)).toHaveProperty('unknown')
    expect(priceBy([{ provider: 'groq', mediaAsText: ['image'] }], vision)).toHaveProperty('usd')
  })
})

describe('names of providers', () => {
  test.each([
    ['gemini', 'gemini-2.5-pro'],
    ['vertex', 'claude-opus-4-8'],
    ['bedrock', 'anthropic.claude-3-5-sonnet-20240620-v1:0'],
    ['xai', 'grok-4.5'],
    ['google', 'gemini-2.5-pro'],
  ])('%s stands for one of the table', (provider, model) => {
    const small: Usage = { inputTokens: 100, outputTokens: 10, source: 'provider' }
    expect(prices().price(asked({ provider, model, usage: small }))).toHaveProperty('usd')
  })

  test('can be added, and taken away', () => {
    const mapped = prices({ providers: { gateway: 'openai', gemini: 'nothing' } })
    expect(mapped.price(asked({ provider: 'gateway' }))).toMatchObject({ usd: 11.25 })
    expect(mapped.price(asked({ provider: 'gemini', model: 'gemini-2.5-pro' }))).toHaveProperty('unknown')
    expect(prices().price(asked({ provider: 'constructor' }))).toHaveProperty('unknown')
  })
})

describe('options', () => {
  const rates = { input_mtok: 1 }
  test.each<[object, string]>([
    [{ override: [] }, 'there is no such option; did you mean overrides?'],
    [{ overrides: {} }, 'option overrides is an object; it must be a list'],
    [{ overrides: [3] }, 'option overrides.0 is 3; it must be an override with a provider'],
    [{ overrides: [{ rates }] }, 'option overrides.0.provider is undefined; it must be the name of an adapter'],
    [{ overrides: [{ provider: 'p', rates }] }, 'overrides.0.date is absent; it must say of what day the rates are'],
    [{ overrides: [{ provider: 'p', rates, date: '1.2.2026' }] }, 'overrides.0.date is "1.2.2026"; it must be a day'],
    [
      { overrides: [{ provider: 'p', rates: { input: 3 }, date: '2026-01-01' }] },
      'overrides.0.rates.input is 3; it must be left out; rates are input_mtok, output_mtok,',
    ],
    [
      { overrides: [{ provider: 'p', rates: { input_mtok: -1 }, date: '2026-01-01' }] },
      'overrides.0.rates.input_mtok is -1; it must be a number of at least 0',
    ],
    [
      { overrides: [{ provider: 'p', serviceTiers: { flex: '50%' } }] },
      'overrides.0.serviceTiers.flex is "50%"; it must be a number of at least 0',
    ],
    [
      { overrides: [{ provider: 'p', mediaAsText: ['text'] }] },
      'overrides.0.mediaAsText.0 is "text"; it must be one of "image", "audio"',
    ],
    [{ overrides: [{ provider: 'p', model: 7 }] }, 'overrides.0.model is 7; it must be the name of a model'],
    [
      { overrides: [{ provider: 'p', price: 7 }] },
      'overrides.0.price is 7; it must be left out; the fields are provider, model,',
    ],
    [{ providers: { a: 1 } }, 'option providers.a is 1; it must be a string'],
    [{ url: 'ftp://x' }, 'option url is "ftp://x"; it must be an http or https URL'],
    [{ timeoutMs: 0 }, 'option timeoutMs is 0; it must be an integer of at least 1'],
    [{ fetch: 'curl' }, 'option fetch is "curl"; it must be a function'],
  ])('%j are refused', (wrong, message) => {
    const make = () => prices(wrong as PricesOptions)
    expect(make).toThrow(OptionError)
    expect(make).toThrow(message)
  })
})
