import { type CallCost, middleware, OptionError, type PriceTable, pipeline, Reply, route } from '@cepa/core'
import { fakeProvider, inTurn, virtualClock } from '@cepa/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { getTokenTotals, type TokenTotal, type TokenTotals, tokenCount } from './index.ts'

const ask = (model = 'm') => ({ model, messages: [{ role: 'user', content: 'how are you' }] }) as const

const flat: PriceTable = {
  name: 'flat',
  price: ({ model }) =>
    model === 'free' ? { unknown: 'no price' } : { usd: 1, parts: {}, source: 'flat', date: '2026-10-01' },
}

const usage = { inputTokens: 10, outputTokens: 3, cacheReadTokens: 4, reasoningTokens: 1 }
const provider = (name = 'acme') => fakeProvider([{ text: 'fine' }, { end: 'stop', usage }], { name })

const nothing: TokenTotal = {
  calls: 0,
  attempts: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  estimatedAttempts: 0,
  unknownAttempts: 0,
  usd: 0,
  unpricedAttempts: 0,
}
const one: TokenTotal = { ...nothing, calls: 1, attempts: 1, ...usage, usd: 1 }
const times = (count: number): TokenTotal =>
  Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value * count])) as never

describe('running totals', () => {
  test('are kept by provider, model and declared attributes', async () => {
    const chat = pipeline(provider(), tokenCount({ prices: flat, by: ['tenant', 'feature'] }))
    await chat.complete(ask(), { attributes: { tenant: 'a', feature: 'search', other: 'x' } })
    await (await chat(ask(), { attributes: { tenant: 'a' } })).result()
    await chat.complete(ask('n'), { attributes: { tenant: 'b', feature: 'search' } })
    expect(getTokenTotals(chat)).toEqual({
      all: times(3),
      by: {
        provider: { acme: times(3) },
        model: { 'acme/m': times(2), 'acme/n': times(1) },
        tenant: { a: times(2), b: times(1) },
        feature: { search: times(2), '(none)': times(1) },
      },
    })
  })

  test('count calls once and attempts each, with what is estimated, unknown or unpriced', async () => {
    const twice = middleware({
      name: 'twice',
      traits: { repeats: true },
      handle: (call, next) => next(call).catch(() => next(call)),
    })
    const script = inTurn({ failure: { status: 500 } }, [{ text: 'fine' }, { end: 'stop', usage: false }])
    const chat = pipeline(fakeProvider(script), tokenCount({ prices: flat }), twice)
    await chat.complete(ask('free'))
    const pdf = { type: 'file', mediaType: 'application/pdf', file: { base64: 'AA==' } } as const
    await chat.complete({ model: 'free', messages: [{ role: 'user', content: [pdf] }] })
    const { all } = getTokenTotals(chat)
    expect(all).toMatchObject({ calls: 2, attempts: 3, estimatedAttempts: 2, unknownAttempts: 1, unpricedAttempts: 2 })
    expect(all.usd).toBe(0)
    expect(all.outputTokens).toBe(2)
  })

  test('hold no more values of a label than allowed; the rest is other', async () => {
    const chat = pipeline(provider(), tokenCount({ prices: flat, by: ['tenant'], maxGroups: 2 }))
    for (const tenant of ['a', 'b', 'c', 'd', 'a'])
      await chat.complete(ask(`model-${tenant}`), { attributes: { tenant } })
    const { by } = getTokenTotals(chat)
    expect(by.tenant).toEqual({ a: times(2), b: times(1), other: times(2) })
    expect(Object.keys(by.model ?? {})).toEqual(['acme/model-a', 'acme/model-b', 'other'])
  })

  test('take any value for a name', async () => {
    const chat = pipeline(provider(), tokenCount({ by: ['tenant'] }))
    await chat.complete(ask(), { attributes: { tenant: '__proto__' } })
    expect(Object.keys(getTokenTotals(chat).by.tenant ?? {})).toEqual(['__proto__'])
  })

  test('begin again at 0 when they are reset, and are told once more before', async () => {
    const chat = pipeline(provider(), tokenCount({ prices: flat, by: ['tenant'] }))
    await chat.complete(ask())
    const before = getTokenTotals(chat)
    expect(getTokenTotals(chat, { reset: true })).toEqual(before)
    expect(getTokenTotals(chat)).toEqual({ all: nothing, by: { provider: {}, model: {}, tenant: {} } })
    await chat.complete(ask())
    expect(getTokenTotals(chat)).toEqual(before)
    expect(before.all).toEqual(one)
  })

  test('do not grow with the number of calls', async () => {
    const chat = pipeline(provider(), tokenCount({ by: ['tenant'], maxGroups: 5 }))
    for (let index = 0; index < 300; index++) await chat.complete(ask(), { attributes: { tenant: `t${index}` } })
    expect(Object.keys(getTokenTotals(chat).by.tenant ?? {})).toHaveLength(6)
    expect(getTokenTotals(chat).all.calls).toBe(300)
  })

  test('of attribute values are those of all, whatever the values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd')),
        fc.integer({ min: 1, max: 4 }),
        async (tenants, maxGroups) => {
          const chat = pipeline(provider(), tokenCount({ prices: flat, by: ['tenant'], maxGroups }))
          for (const tenant of tenants) await chat.complete(ask(), { attributes: { tenant } })
          const { all, by } = getTokenTotals(chat)
          for (const name of Object.keys(all) as (keyof TokenTotal)[]) {
            const sum = Object.values(by.tenant ?? {}).reduce((total, group) => total + group[name], 0)
            expect(sum).toBe(all[name])
          }
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('getTokenTotals', () => {
  const totalOf = (totals: TokenTotals): number => totals.all.calls

  test('takes the middleware itself', async () => {
    const counting = tokenCount()
    await pipeline(provider(), counting).complete(ask())
    expect(totalOf(getTokenTotals(counting))).toBe(1)
  })

  test('sums over the targets of a route, and over the pipeline around it', async () => {
    const targets = route({
      a: pipeline(provider('a'), tokenCount({ by: ['tenant'] })),
      b: pipeline(provider('b'), tokenCount()),
    })
    const chat = pipeline(targets, middleware({ name: 'outer' }))
    await chat.complete(ask('a/m'), { attributes: { tenant: 't' } })
    await chat.complete(ask('a/m'))
    await chat.complete(ask('b/m'))
    for (const each of [getTokenTotals(chat), getTokenTotals(targets)]) {
      expect(totalOf(each)).toBe(3)
      expect(each.by.model).toMatchObject({ 'a/m': { calls: 2 }, 'b/m': { calls: 1 } })
      expect(each.by.tenant).toMatchObject({ t: { calls: 1 }, '(none)': { calls: 1 } })
    }
    getTokenTotals(chat, { reset: true })
    expect(totalOf(getTokenTotals(targets))).toBe(0)
  })

  test('takes a layer that is shared by two targets once, and one of the stack itself instead of those inside', async () => {
    const shared = tokenCount()
    const both = route({ a: pipeline(provider('a'), shared), b: pipeline(provider('b'), shared) })
    const chat = pipeline(both, tokenCount())
    await chat.complete(ask('a/m'))
    await chat.complete(ask('b/m'))
    expect(totalOf(getTokenTotals(both))).toBe(2)
    expect(totalOf(getTokenTotals(chat))).toBe(2)
  })

  test('refuses what has none', () => {
    const none = () => getTokenTotals(pipeline(provider('acme')))
    expect(none).toThrow(OptionError)
    expect(none).toThrow('acme, which has no tokenCount()')
    expect(() => getTokenTotals(middleware({ name: 'other' }))).toThrow('other, which has no tokenCount()')
  })
})

describe('a detached call', () => {
  /** Answers from what it has, and buys a new answer behind the caller's back. */
  const refreshing = () =>
    middleware({
      name: 'refreshing',
      async handle(call, next) {
        void next(call.detach('refresh')).then((reply) => reply.result())
        return Reply.from([
          { type: 'text', text: 'old', at: 0 },
          { type: 'end', finish: 'stop', at: 0 },
        ])
      },
    })

  test.each(['outside', 'inside'] as const)('is in the totals, once, when its maker stands %s', async (where) => {
    const clock = virtualClock()
    const counting = tokenCount({ prices: flat, by: ['tenant'] })
    const layers = where === 'outside' ? [refreshing(), counting] : [counting, refreshing()]
    const chat = pipeline({ adapter: provider(), layers: layers as never, clock })
    await chat.complete(ask(), { attributes: { tenant: 'a' } })
    await clock.settle()
    const { all, by } = getTokenTotals(chat)
    // the caller's own call is only seen where the maker stands inside; it spent nothing
    expect(all).toEqual({ ...one, calls: where === 'inside' ? 2 : 1 })
    expect(by.tenant).toEqual({ a: all })
    expect(by.model).toEqual({ 'acme/m': one })
  })
})

test('a cost in a fact and in the totals is the same', async () => {
  const costs: (CallCost | undefined)[] = []
  const reader = middleware({
    name: 'reader',
    end: (call) => void costs.push((call.facts as { cost?: CallCost }).cost),
  })
  const chat = pipeline(provider(), reader, tokenCount({ prices: flat }))
  await chat.complete(ask())
  expect(costs[0]?.usd).toBe(getTokenTotals(chat).all.usd)
})
