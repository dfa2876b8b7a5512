import { readFileSync } from 'node:fs'
import { calcPrice, type Provider, waitForUpdate } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BUNDLED } from './bundled.ts'
import { Catalogue } from './catalogue.ts'
import { ratesAt } from './dated-rates.ts'
import { matchesName, type NameMatch } from './match-name.ts'
import { checkPriceData, type PriceData, type RateConstraint } from './price-data.ts'

const data = (await waitForUpdate()) as Provider[]

const installed = JSON.parse(
  readFileSync(new URL('../node_modules/@pydantic/genai-prices/package.json', import.meta.url), 'utf8'),
) as { version: string }

test('the origin names the version of the data that is installed', () => {
  expect(BUNDLED.source).toBe(`@pydantic/genai-prices ${installed.version}`)
  expect(new Date(BUNDLED.date).toISOString()).toContain(BUNDLED.date)
})

/** Names under which the models of the data may be asked for. */
const names = data.flatMap(({ id, models }) => models.map((model) => [id, model.id] as const))

describe('the lookup', () => {
  test('finds for every model of the data, at any time, what the library finds', () => {
    const bundled = new Catalogue()
    expect(names.length).toBeGreaterThan(1_000)
    const times = [Date.UTC(2024, 5, 1), Date.UTC(2026, 0, 15, 3, 30), Date.UTC(2026, 7, 25, 20), Date.UTC(2027, 3, 1)]
    for (const [provider, name] of names) {
      for (const epochMs of times) {
        const theirs = calcPrice({}, name, { providerId: provider, timestamp: new Date(epochMs) })
        const ours = bundled.find(provider, name)
        expect(ours?.id, `${provider} ${name}`).toBe(theirs?.model.id)
        if (ours) expect(ratesAt(ours, epochMs), `${provider} ${name}`).toEqual(theirs?.model_price)
      }
    }
  })

  test.each([
    ['openai', 'gpt-4o-2024-11-20', 'gpt-4o'],
    ['openai', 'GPT-4.1 ', 'gpt-4.1'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['azure', 'gpt-4.1-mini', 'gpt-4.1-mini'],
    ['openai', 'no-such-model', undefined],
    ['openai-compatible', 'gpt-4o', undefined],
    ['nobody', 'gpt-4o', undefined],
  ])('of %s takes %s for %s', (provider, name, id) => {
    expect(new Catalogue().find(provider, name)?.id).toBe(id)
    expect(new Catalogue(data as object as PriceData, BUNDLED).find(provider, name)?.id).toBe(id)
  })

  test('keeps a bounded number of answers', () => {
    const catalogue = new Catalogue()
    for (let index = 0; index < 5_000; index++) expect(catalogue.find('openai', `made-up-${index}`)).toBeUndefined()
    expect(catalogue.find('openai', 'gpt-4o')?.id).toBe('gpt-4o')
  })
})

describe('matchesName', () => {
  test.each<[NameMatch, string, boolean]>([
    [{ equals: 'A-1' }, 'a-1', true],
    [{ starts_with: 'a' }, 'ba', false],
    [{ ends_with: 'A' }, 'ba', true],
    [{ contains: 'x' }, 'axb', true],
    [{ regex: '^a\\d$' }, 'a7', true],
    [{ or: [{ equals: 'a' }, { equals: 'b' }] }, 'b', true],
    [{ and: [{ contains: 'a' }, { contains: 'b' }] }, 'a', false],
    [{ newer_kind: 'a' } as object as NameMatch, 'a', false],
  ])('%j and %s: %s', (match, name, expected) => {
    expect(matchesName(match, name)).toBe(expected)
  })
})

describe('rates by time', () => {
  const model = (...dated: (RateConstraint | undefined)[]) => ({
    id: 'm',
    match: { equals: 'm' },
    prices: dated.map((constraint, index) => ({ ...(constraint && { constraint }), prices: { input_mtok: index } })),
  })
  const at = (iso: string) => Date.parse(iso)

  test.each([
    [at('2026-01-31T23:59:59Z'), 0],
    [at('2026-02-01T00:00:00Z'), 1],
    [at('2026-06-01T00:00:00Z'), 2],
    [at('2020-01-01T00:00:00Z'), 0],
  ])('hold from their day on (%d: %d)', (epochMs, index) => {
    const dated = model(undefined, { start_date: '2026-02-01' }, { start_date: '2026-05-01' })
    expect(ratesAt(dated, epochMs)).toEqual({ input_mtok: index })
  })

  test.each([
    ['2026-02-01T16:29:59Z', 0],
    ['2026-02-01T16:30:00Z', 1],
    ['2026-02-01T23:59:59Z', 1],
    ['2026-02-02T00:29:59Z', 1],
    ['2026-02-02T00:30:00Z', 0],
  ])('hold between times of the day, also across midnight (%s: %d)', (iso, index) => {
    const night = { start_time: '16:30:00Z', end_time: '00:30:00Z' }
    expect(ratesAt(model(undefined, night), at(iso))).toEqual({ input_mtok: index })
    const zoned = { start_time: '18:30:00+02:00', end_time: '02:30:00+02:00' }
    expect(ratesAt(model(undefined, zoned), at(iso))).toEqual({ input_mtok: index })
  })

  test('are the oldest before any of them held', () => {
    expect(ratesAt(model({ start_date: '2026-02-01' }, { start_date: '2026-05-01' }), at('2025-01-01'))).toEqual({
      input_mtok: 0,
    })
  })
})

describe('checkPriceData', () => {
  const good = [{ id: 'p', models: [{ id: 'm', match: { equals: 'm' }, prices: { input_mtok: 1 } }] }]
  const model = (change: object) => [{ id: 'p', models: [{ ...good[0]?.models[0], ...change }] }]

  test('takes what the library has, and what it publishes, whose constraints have no type', () => {
    expect(checkPriceData(data, 'test')).toBe(data)
    const untyped = JSON.parse(JSON.stringify(data, (key, value) => (key === 'type' ? undefined : value)))
    expect(checkPriceData(untyped, 'test')).toBe(untyped)
    expect(checkPriceData(good, 'test')).toBe(good)
  })

  test.each<[unknown, string]>([
    [{}, 'data is an object; it must be a list of providers'],
    [[], 'data is a list'],
    [[{ id: 7, models: [] }], 'data[0].id is 7'],
    [[{ id: 'p' }], 'data[0].models is undefined'],
    [model({ id: undefined }), 'data[0].models[0].id is undefined'],
    [model({ match: 'm' }), 'data[0].models[0].match is m'],
    [model({ prices: 3 }), 'data[0].models[0].prices is 3; it must be an object of rates'],
    [model({ prices: { input_mtok: -1 } }), 'data[0].models[0].prices.input_mtok is -1'],
    [model({ prices: { input_mtok: { base: 1, tiers: [{ start: 0 }] } } }), 'prices.input_mtok is an object'],
    [model({ prices: [{ prices: { input_mtok: 'x' } }] }), 'data[0].models[0].prices[0].prices.input_mtok is x'],
    [
      model({ prices: [{ constraint: { on: 'monday' }, prices: {} }] }),
      'prices[0].constraint is an object; it must have a start_date',
    ],
  ])('refuses %j', (wrong, message) => {
    expect(() => checkPriceData(wrong, 'test')).toThrow(message)
  })

  test('never lets an amount through that is no amount', () => {
    const amount = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constant(null))
    fc.assert(
      fc.property(amount, (value) => {
        const right = typeof value === 'number' && Number.isFinite(value) && value >= 0
        const check = () => checkPriceData(model({ prices: { input_mtok: value } }), 'test')
        if (right) check()
        else expect(check).toThrow('input_mtok')
      }),
    )
  })
})
