import { type ChatRequest, middleware, pipeline, retryNote } from '@cepa/core'
import { fakeProvider, outcomeOf, virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { type RetryOptions, retry } from './index.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const CALLS = 100

/** So many calls at once to a provider that is down. */
async function outage(options: RetryOptions) {
  const clock = virtualClock()
  const provider = fakeProvider({ failure: { status: 503 } })
  const stopped: (string | undefined)[] = []
  const listener = middleware({
    name: 'listener',
    note: (_call, note) => {
      if (retryNote.is(note)) stopped.push(note.value.stopped)
    },
  })
  const chat = pipeline({ adapter: provider, clock, layers: [listener, retry(options)] })
  const calls = Promise.all(Array.from({ length: CALLS }, () => outcomeOf(chat.complete(request))))
  const outcomes = await clock.runUntil(calls)
  return { clock, provider, chat, stopped, outcomes }
}

test('100 calls at once to a provider that is down are not multiplied', async () => {
  const { clock, provider, stopped, outcomes } = await outage({})
  expect(outcomes.every(({ error }) => error?.code === 'CEPA_PROVIDER')).toBe(true)
  const retries = provider.ledger.length - CALLS
  expect(retries).toBeGreaterThanOrEqual(20)
  expect(retries).toBeLessThanOrEqual(20 + clock.now() / 1000)
  expect(stopped.filter((reason) => reason === 'the budget of retries is spent').length).toBeGreaterThanOrEqual(75)
  expect(stopped).toHaveLength(provider.ledger.length)
})

test('without a budget they would be', async () => {
  const { provider } = await outage({ budget: false })
  expect(provider.ledger).toHaveLength(3 * CALLS)
})

test('when it is up again, calls and time have earned retries again', async () => {
  const { clock, provider, chat } = await outage({ budget: { ratio: 0.2, minPerSecond: 0, burst: 20 } })
  const requests = async (): Promise<number> => {
    const before = provider.ledger.length
    await clock.runUntil(outcomeOf(chat.complete(request)))
    return provider.ledger.length - before
  }
  const perCall: number[] = []
  for (let call = 0; call < 11; call++) perCall.push(await requests())
  expect(perCall.reduce((sum, each) => sum + each, 0)).toBe(11 + 2)
  provider.script(({ attempt }) => (attempt === 0 ? { failure: { status: 503 } } : 'Hi'))
  for (let call = 0; call < 5; call++) await outcomeOf(clock.runUntil(chat.complete(request)))
  expect(provider.ledger.filter(({ outcome }) => outcome === 'ended')).toHaveLength(1)
})

test('calls at once do not mix: each is sent again by itself, and once', async () => {
  const clock = virtualClock()
  const provider = fakeProvider(({ attempt, request: asked }) =>
    attempt === 0 ? { headersMs: 5, failure: { status: 503 } } : { everyMs: 3, text: `answer to ${asked.model}` },
  )
  const chat = pipeline({ adapter: provider, clock, layers: [retry({ budget: false })] })
  const models = Array.from({ length: 50 }, (_, index) => `m${index}`)
  const answers = await clock.runUntil(Promise.all(models.map((model) => chat.complete({ ...request, model }))))
  expect(answers.map(({ text }) => text)).toEqual(models.map((model) => `answer to ${model}`))
  const perCall = Map.groupBy(provider.ledger, ({ callId }) => callId)
  expect([...perCall.values()].map((entries) => entries.map(({ outcome }) => outcome))).toEqual(
    models.map(() => ['failed', 'ended']),
  )
  const waits = [...perCall.values()].map(([first, second]) => (second?.startedAt ?? 0) - (first?.endedAt ?? 0))
  expect(new Set(waits).size).toBeGreaterThan(10)
  expect(Math.max(...waits)).toBeLessThanOrEqual(500)
})
