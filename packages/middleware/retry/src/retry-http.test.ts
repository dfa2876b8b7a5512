import { openai } from '@cepa/adapter-openai'
import { type ChatRequest, middleware, pipeline, type RetryTold, retryNote } from '@cepa/core'
import { collect, inTurn, outcomeOf, type ScriptedAnswer, virtualClock } from '@cepa/testing'
import { type FakeServer, fakeServer } from '@cepa/testing/node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { retry } from './index.ts'

const request: ChatRequest = { model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }] }

let server: FakeServer
beforeEach(async () => {
  server = await fakeServer()
})
afterEach(() => server.close())

/** Real HTTP against the provider's ledger; the waits are on a clock that goes on by itself to the end of each. */
function chatWith(...answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]]) {
  const first = server.ledger.length
  server.script((seen) => inTurn(...answers)({ ...seen, index: seen.index - first }))
  const clock = virtualClock()
  const told: RetryTold[] = []
  const listener = middleware({
    name: 'listener',
    note: (_call, note) => {
      if (!retryNote.is(note)) return
      told.push(note.value)
      if (note.value.delayMs !== undefined) void clock.advance(note.value.delayMs)
    },
  })
  const layers = [listener, retry({ jitter: 'none' })] as const
  const adapter = openai({ apiKey: 'test-key', baseUrl: server.url })
  return { told, clock, chat: pipeline({ adapter, clock, layers }) }
}

const refusal = (headers: Record<string, string>): ScriptedAnswer => ({ failure: { status: 429, headers } })

test.each([
  ['seconds', { 'retry-after': '7' }, 7000],
  ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9000],
  ['milliseconds', { 'retry-after-ms': '1250', 'retry-after': '2' }, 1250],
  ['nothing', {}, 500],
])('Retry-After in %s is waited for', async (_, headers, delayMs) => {
  for (const mode of ['stream', 'complete'] as const) {
    const { told, clock, chat } = chatWith(refusal(headers), 'Hello there')
    const { text } = await (mode === 'stream' ? collect(chat(request)) : chat.complete(request))
    expect(text).toBe('Hello there')
    expect(told.map((note) => note.delayMs)).toEqual([delayMs])
    expect(clock.now()).toBe(delayMs)
    expect(clock.pending).toEqual([])
  }
  expect(server.ledger.map(({ status }) => status)).toEqual([429, 200, 429, 200])
})

test('above the ceiling there is one request', async () => {
  const { told, chat } = chatWith(refusal({ 'retry-after': '61' }), 'never')
  expect((await outcomeOf(chat.complete(request))).error).toMatchObject({ kind: 'rate-limit', retryAfterMs: 61_000 })
  expect(told[0]?.stopped).toBe('the provider asks to wait 61000 ms, above the ceiling of 60000 ms')
  expect(server.ledger).toHaveLength(1)
})

test('what a server breaks before content is sent again: a reset, an error in the stream, a clean end without finish', async () => {
  for (const broken of [{ reset: true }, { error: { kind: 'overloaded' } }, { truncate: true }] as const) {
    const before = server.ledger.length
    const { chat } = chatWith([broken], 'Hello there')
    expect((await collect(chat(request))).text).toBe('Hello there')
    expect(server.ledger).toHaveLength(before + 2)
  }
})

test('what it breaks after content is not', async () => {
  for (const broken of [{ reset: true }, { error: { kind: 'overloaded' } }, { truncate: true }] as const) {
    const before = server.ledger.length
    const { told, chat } = chatWith([{ text: 'Hel' }, broken], 'never')
    const { text, error } = await collect(chat(request))
    expect(text).toBe('Hel')
    expect(error).toMatchObject({ code: 'CEPA_PROVIDER' })
    expect(told.map(({ stopped }) => stopped)).toEqual(['content had passed'])
    await server.quiet()
    expect(server.ledger).toHaveLength(before + 1)
  }
})

test('what the provider refuses for good is asked once', async () => {
  for (const status of [400, 401, 403, 404]) {
    const before = server.ledger.length
    const { chat } = chatWith({ failure: { status } })
    expect((await outcomeOf(chat.complete(request))).error).toMatchObject({ status })
    expect(server.ledger).toHaveLength(before + 1)
  }
})

test('an abort while it waits: nothing more reaches the provider', async () => {
  const { chat, clock } = chatWith(refusal({ 'retry-after': '5' }), 'never')
  const controller = new AbortController()
  const outcome = outcomeOf(chat.complete(request, { signal: controller.signal, layers: { listener: false } }))
  await server.request(0)
  await server.quiet()
  while (clock.pending.length === 0) await clock.settle()
  controller.abort()
  expect((await outcome).error).toMatchObject({ name: 'AbortError' })
  expect(clock.pending).toEqual([])
  await clock.advance(60_000)
  expect(server.ledger).toHaveLength(1)
})
