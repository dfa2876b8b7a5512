import { type ChatRequest, pipeline, TimeoutError } from '@cepa/core'
import { timeout } from '@cepa/middleware-timeout'
import { collect, fakeProvider, inTurn, outcomeOf, type ScriptedAnswer, virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { retry } from './index.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

function bench(...answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]]) {
  const clock = virtualClock()
  const provider = fakeProvider(inTurn(...answers))
  const layers = [
    timeout({ name: 'callTimeout', totalMs: 2100 }),
    retry({ attempts: 9, minDelayMs: 100, maxDelayMs: 100, jitter: 'none' }),
    timeout({ headersMs: 300, firstTokenMs: 500, idleMs: 400 }),
  ] as const
  return { clock, provider, chat: pipeline({ adapter: provider, clock, layers }) }
}

test('a limit of an attempt is tried again before content, whichever it is', async () => {
  const { clock, provider, chat } = bench(
    { noHeaders: true },
    [{ stall: true }],
    [{ usage: {} }, { stall: true }],
    'Hello',
  )
  expect((await clock.runUntil(collect(chat(request)))).text).toBe('Hello')
  expect(provider.ledger.map(({ startedAt }) => startedAt)).toEqual([0, 400, 900, 1400])
  expect(provider.ledger.map(({ outcome }) => outcome)).toEqual(['closed', 'closed', 'closed', 'ended'])
  expect(clock.pending).toEqual([])
})

test('after content it is not, and the answer so far is kept', async () => {
  const { clock, provider, chat } = bench([{ text: 'Hel' }, { stall: true }], 'never')
  const { error, ending } = await clock.runUntil(collect(chat(request)))
  expect(error).toMatchObject({ limit: 'idle', setBy: 'timeout' })
  expect(ending).toMatchObject({ kind: 'failed', completion: { text: 'Hel' } })
  expect(provider.ledger).toHaveLength(1)
})

test('the limit of the call ends attempts and waits, and nothing is tried again', async () => {
  const { clock, provider, chat } = bench({ noHeaders: true })
  const { error } = await clock.runUntil(outcomeOf(chat.complete(request)))
  expect(error).toBeInstanceOf(TimeoutError)
  expect(error).toMatchObject({ limit: 'total', limitMs: 2100, setBy: 'callTimeout' })
  expect(error?.message).toContain('in attempt 6')
  expect(clock.now()).toBe(2100)
  expect(clock.pending).toEqual([])
  await clock.advance(60_000)
  expect(provider.ledger).toHaveLength(6)
})
