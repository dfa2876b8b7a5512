import { type CallCost, costFact, middleware, pipeline } from '@cepa/core'
import { getTokenTotals, tokenCount } from '@cepa/middleware-token-count'
import { fakeProvider, inTurn, virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { prices } from './index.ts'

const again = middleware({
  name: 'again',
  traits: { repeats: true },
  async handle(call, next) {
    try {
      const reply = await next(call)
      await reply.peek()
      return reply
    } catch {
      return next(call)
    }
  },
})

function stackOf(...answers: Parameters<typeof inTurn>) {
  const costs: (CallCost | undefined)[] = []
  const reader = middleware({ name: 'reader', reads: [costFact], end: (call) => void costs.push(call.facts.cost) })
  const table = prices()
  const chat = pipeline({
    adapter: fakeProvider(inTurn(...answers), { name: 'anthropic' }),
    layers: [reader, tokenCount({ prices: table }), again],
    clock: virtualClock({ epochMs: Date.UTC(2026, 9, 1) }),
  })
  return { chat, costs, table }
}

const request = { model: 'claude-opus-4-8', messages: [{ role: 'user', content: 'How are you?' }] } as const
const origin = { source: '@pydantic/genai-prices 0.1.8', date: '2026-09-23' }

test('a call whose first attempt died in the stream costs both attempts', async () => {
  const started = { inputTokens: 1_000, cacheWriteTokens: 400, cacheWriteHourTokens: 0, outputTokens: 0 }
  const usage = { inputTokens: 1_000, cacheReadTokens: 400, outputTokens: 200 }
  const { chat, costs } = stackOf(
    [{ usage: started }, { error: { kind: 'overloaded' } }],
    [{ text: 'Fine.' }, { end: 'stop', usage }],
  )
  await (await chat(request)).result()
  const [first, second] = [600 * 5 + 400 * 6.25, 600 * 5 + 400 * 0.5 + 200 * 25].map(
    (micros) => micros / 1_000_000,
  ) as [number, number]
  expect(costs[0]).toMatchObject({
    usd: expect.closeTo(first + second, 12),
    basis: 'partial',
    attempts: [
      { usd: expect.closeTo(first, 12), basis: 'partial' },
      { usd: expect.closeTo(second, 12), basis: 'provider' },
    ],
    prices: origin,
  })
})

test('an aborted call costs its input and the answer so far, by estimate', async () => {
  const { chat, costs } = stackOf([{ text: 'A start' }, { stall: true }])
  for await (const event of await chat(request)) if (event.type === 'text') break
  const usd = (10 * 5 + 2 * 25) / 1_000_000
  expect(costs[0]).toMatchObject({ usd: expect.closeTo(usd, 12), basis: 'estimate' })
})

test('what has no price makes the call unknown, and the totals say so', async () => {
  const usage = { inputTokens: 9, outputTokens: 9, serviceTier: 'priority' }
  const { chat, costs } = stackOf([{ text: 'Fine.' }, { end: 'stop', usage }])
  await chat.complete(request)
  expect(costs[0]).toMatchObject({ unknown: 'there is no price for priority at anthropic' })
  expect(getTokenTotals(chat).all).toMatchObject({ usd: 0, unpricedAttempts: 1 })
})

test('a table that is brought up to date prices the next call, and explain() tells', async () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 0 }
  const { chat, costs, table } = stackOf([{ text: 'Fine.' }, { end: 'stop', usage }])
  await chat.complete(request)
  const models = [
    { id: 'claude-opus-4-8', match: { equals: 'claude-opus-4-8' }, prices: { input_mtok: 4, output_mtok: 20 } },
  ]
  await table.update({ data: [{ id: 'anthropic', models }], source: 'newer list', date: '2026-11-20' })
  await chat.complete(request)
  expect(costs.map((cost) => cost?.usd)).toEqual([5, 4])
  expect(costs.map((cost) => cost?.prices)).toEqual([origin, { source: 'newer list', date: '2026-11-20' }])
  expect(chat.explain()).toContain('prices=newer list of 2026-11-20')
})
