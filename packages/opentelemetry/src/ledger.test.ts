import { pipeline } from '@cepa/core'
import { retry } from '@cepa/middleware-retry'
import { collect, fakeProvider, outcomeOf, type ScriptedAnswer, type SeenRequest, virtualClock } from '@cepa/testing'
import { expect, it } from 'vitest'
import { sdk } from '../test/sdk.ts'
import { metering, tracing } from './index.ts'

const otel = sdk()
const CALLS = 1000

/** What the provider does with the request of a call of each kind. */
function answerOf({ request, attempt }: SeenRequest): ScriptedAnswer {
  const [kind = '', index = ''] = request.model.split('-')
  const steps = {
    headersMs: 5 + (Number(index) % 7),
    everyMs: 3,
    text: 'one two three',
    inputTokens: Number(index) % 50,
  }
  if (kind === 'refused') return { ...steps, failure: { status: 400 } }
  if (kind === 'retried' && attempt === 0) return { ...steps, failure: { status: 503 } }
  if (kind === 'torn') return [{ text: 'one' }, { waitMs: 3 }, { reset: true }]
  return steps
}

const ENDINGS = {
  done: 'done',
  whole: 'done',
  retried: 'done',
  refused: 'failed',
  torn: 'failed',
  aborted: 'aborted',
  left: 'abandoned',
} as const
type Kind = keyof typeof ENDINGS
const KINDS = Object.keys(ENDINGS) as Kind[]

it(`${CALLS} mixed calls at one time: every figure agrees with the provider's own ledger`, async () => {
  const clock = virtualClock()
  const provider = fakeProvider(answerOf, { name: 'openai' })
  const layers = [tracing(), metering(), retry({ minDelayMs: 10, budget: false })] as never
  const chat = pipeline({ adapter: provider, layers, clock })
  const make = async (index: number) => {
    const kind = KINDS[index % KINDS.length] as Kind
    const request = { model: `${kind}-${index}`, messages: [{ role: 'user', content: 'Hi' }] } as const
    if (kind === 'whole') return chat.complete(request)
    const controller = new AbortController()
    if (kind === 'aborted') clock.setTimer(4, () => controller.abort())
    return collect(chat(request, { signal: controller.signal }), kind === 'left' ? { events: 3 } : {})
  }
  await clock.runUntil(Promise.all(Array.from({ length: CALLS }, (_, index) => outcomeOf(make(index)))))
  const calls = otel.own.filter(({ name }) => name.startsWith('chat '))
  expect(calls).toHaveLength(CALLS)
  for (const { name, attributes } of calls) {
    const kind = name.slice(5).split('-')[0] as Kind
    expect([name, attributes['cepa.ending']]).toEqual([name, ENDINGS[kind]])
  }
  const retried = provider.ledger.filter(({ request }) => request.model.startsWith('retried'))
  expect(otel.own.filter(({ name }) => name.startsWith('attempt '))).toHaveLength(retried.length)
  const ended = provider.ledger.filter(({ outcome }) => outcome === 'ended')
  const charged = ended.reduce((sum, { charged: { inputTokens } }) => sum + inputTokens, 0)
  const told = calls.reduce((sum, { attributes }) => sum + Number(attributes['gen_ai.usage.input_tokens'] ?? 0), 0)
  expect(told).toBe(charged)
  const series = await otel.series()
  const input = series.filter(({ attributes }) => attributes['gen_ai.token.type'] === 'input')
  expect(input.reduce((sum, each) => sum + (each.sum ?? 0), 0)).toBe(charged)
  const durations = series.filter(({ metric }) => metric === 'gen_ai.client.operation.duration')
  const seconds = calls.reduce((sum, { duration: [whole, nanos] }) => sum + whole + nanos / 1e9, 0)
  expect(durations.reduce((sum, each) => sum + (each.count ?? 0), 0)).toBe(CALLS)
  expect(durations.reduce((sum, each) => sum + (each.sum ?? 0), 0)).toBeCloseTo(seconds, 6)
})
