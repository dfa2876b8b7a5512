import {
  type CallCost,
  costFact,
  type Fault,
  middleware,
  type PriceRequest,
  type PriceTable,
  pipeline,
} from '@cepa/core'
import { fakeProvider, inTurn, type Script, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { tokenCount } from './index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'how are you' }] } as const

/** A cent for each token, and a word for what it was asked. */
function centTable(change: Partial<PriceTable> = {}) {
  const asked: PriceRequest[] = []
  const table: PriceTable = {
    name: 'cents',
    price(one) {
      asked.push(one)
      const { inputTokens = 0, outputTokens = 0 } = one.usage
      const parts = { input: inputTokens / 100, output: outputTokens / 100 }
      return { usd: parts.input + parts.output, parts, source: 'cents', date: '2026-10-01' }
    },
    ...change,
  }
  return { table, asked }
}

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

function stackOf(script: Script, table: PriceTable, inside: readonly (typeof again)[] = []) {
  const costs: (CallCost | undefined)[] = []
  const faults: Fault[] = []
  const reader = middleware({ name: 'reader', reads: [costFact], end: (call) => void costs.push(call.facts.cost) })
  const clock = virtualClock({ startMs: 5_000, epochMs: Date.UTC(2026, 9, 2) })
  const layers = [reader, tokenCount({ prices: table }), ...inside] as never
  const adapter = fakeProvider(script, { name: 'acme' })
  const chat = pipeline({ adapter, layers, clock, report: (fault) => void faults.push(fault) })
  return { chat, costs, faults, clock }
}

const answer = [{ text: 'fine' }, { end: 'stop', usage: { inputTokens: 20, outputTokens: 5 } }] as const

describe('the cost of a call', () => {
  test('is told for each attempt and in sum, with the table’s source and date', async () => {
    const { table } = centTable()
    const losing = [{ usage: { inputTokens: 20, outputTokens: 0 } }, { error: { kind: 'overloaded' } }] as const
    const { chat, costs } = stackOf(inTurn(losing, answer), table, [again])
    await (await chat(request)).result()
    const prices = { source: 'cents', date: '2026-10-01' }
    expect(costs).toEqual([
      {
        usd: 0.45,
        basis: 'partial',
        attempts: [
          { usd: 0.2, basis: 'partial', parts: { input: 0.2, output: 0 }, prices },
          { usd: 0.25, basis: 'provider', parts: { input: 0.2, output: 0.05 }, prices },
        ],
        prices,
      },
    ])
  })

  test('is nothing for an attempt that was refused', async () => {
    const { table, asked } = centTable()
    const { chat, costs } = stackOf(inTurn({ failure: { status: 429 } }, answer), table, [again])
    await chat.complete(request)
    expect(costs[0]?.attempts).toMatchObject([{ usd: 0 }, { usd: 0.25 }])
    expect(costs[0]?.usd).toBe(0.25)
    expect(asked).toHaveLength(1)
  })

  test('is unknown, with the reason, when that of any attempt is', async () => {
    const { table } = centTable()
    const price: PriceTable['price'] = (one) =>
      one.usage.source === 'partial' ? { unknown: 'nobody knows' } : table.price(one)
    const losing = [{ usage: { inputTokens: 20 } }, { error: { kind: 'overloaded' } }] as const
    const { chat, costs } = stackOf(inTurn(losing, answer), { name: 'half', price }, [again])
    await (await chat(request)).result()
    expect(costs[0]).toMatchObject({ unknown: 'nobody knows', attempts: [{ unknown: 'nobody knows' }, { usd: 0.25 }] })
    expect(costs[0]).not.toHaveProperty('usd')
  })

  test('is unknown where the usage is', async () => {
    const { table, asked } = centTable()
    const { chat, costs } = stackOf([{ text: 'fine' }, { end: 'stop', usage: false }], table)
    await chat.complete(request, { layers: { tokenCount: { estimate: false } } } as never)
    expect(costs[0]).toEqual({
      unknown: 'it is not known what the attempt used',
      attempts: [{ unknown: 'it is not known what the attempt used' }],
    })
    expect(asked).toEqual([])
  })

  test('is told also when the call failed or was left', async () => {
    const { table } = centTable()
    const { chat, costs } = stackOf([{ usage: { inputTokens: 20 } }, { text: 'one' }, { stall: true }], table)
    for await (const event of await chat(request)) if (event.type === 'text') break
    expect(costs[0]).toMatchObject({ usd: expect.closeTo(0.21, 9), basis: 'partial' })
  })

  test('of several tables has all sources, and the oldest day', async () => {
    const days = ['2026-10-05', '2026-09-01']
    const price: PriceTable['price'] = () => {
      const date = days.shift() as string
      return { usd: 1, parts: {}, source: `list of ${date}`, date }
    }
    const losing = [{ usage: { inputTokens: 20 } }, { error: { kind: 'overloaded' } }] as const
    const { chat, costs } = stackOf(inTurn(losing, answer), { name: 'lists', price }, [again])
    await (await chat(request)).result()
    expect(costs[0]?.prices).toEqual({ source: 'list of 2026-10-05, list of 2026-09-01', date: '2026-09-01' })
  })

  test('is not there without a table', async () => {
    const costs: unknown[] = []
    const reader = middleware({ name: 'reader', reads: [costFact], end: (call) => void costs.push(call.facts.cost) })
    await pipeline(fakeProvider(answer), reader, tokenCount()).complete(request)
    expect(costs).toEqual([undefined])
  })
})

describe('a price table', () => {
  test('is asked with all that a price depends on', async () => {
    const { table, asked } = centTable()
    const { chat, clock } = stackOf({ steps: [{ waitMs: 100 }, ...answer], model: 'm-2026', headersMs: 50 }, table)
    await clock.advance(1_000)
    const image = { type: 'image', image: { url: 'https://example.org/a.png' } } as const
    const providerOptions = { service_tier: 'flex' }
    const call = chat({ model: 'm', messages: [{ role: 'user', content: [image] }], providerOptions })
    await clock.runUntil(call.then((reply) => reply.result()))
    expect(asked).toEqual([
      {
        provider: 'acme',
        model: 'm',
        answeredBy: 'm-2026',
        operation: 'chat',
        usage: { inputTokens: 20, outputTokens: 5, source: 'provider' },
        epochMs: Date.UTC(2026, 9, 2) + 1_000,
        providerOptions,
        sent: ['image'],
        received: [],
      },
    ])
  })

  test('is told of media in the answer', async () => {
    const { table, asked } = centTable()
    const files = [{ file: { mediaType: 'audio/mp3' } }, { file: 'unnamed' }, { file: { mediaType: 'text/csv' } }]
    const { chat } = stackOf([...files, ...answer], table)
    await chat.complete(request)
    expect(asked[0]?.received).toEqual(['audio', 'image'])
  })

  test('that throws leaves the cost unknown and the usage known, and its fault is told', async () => {
    const price = () => {
      throw new Error('table torn')
    }
    const { chat, costs, faults } = stackOf(answer, { name: 'torn', price })
    await chat.complete(request)
    expect(costs[0]).toEqual({
      unknown: 'the price table torn failed',
      attempts: [{ unknown: 'the price table torn failed' }],
    })
    expect(faults).toMatchObject([{ middleware: 'tokenCount', hook: 'end', error: { message: 'table torn' } }])
  })
})
