import { type Attempt, type ChatRequest, middleware, ProviderError, pipeline } from '@cepa/core'
import { expect, test } from 'vitest'
import { collect, outcomeOf, timeless, typesOf } from './collect.ts'
import { fakeProvider } from './fake-provider.ts'
import { inTurn, type Script } from './script.ts'
import { virtualClock } from './virtual-clock.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'two words' }] }

test('says a text word by word, tells usage with the finish and charges for it', async () => {
  const provider = fakeProvider('Hello, wide world')
  const { events, text } = await collect(pipeline(provider)(request))
  expect(timeless(events)).toEqual([
    { type: 'start', id: 'answer-1', model: 'm' },
    { type: 'text', text: 'Hello,' },
    { type: 'text', text: ' wide' },
    { type: 'text', text: ' world' },
    { type: 'end', finish: 'stop', finishRaw: 'stop', usage: { inputTokens: 2, outputTokens: 3, source: 'provider' } },
  ])
  expect(text).toBe('Hello, wide world')
  expect(provider.last).toMatchObject({ outcome: 'ended', events, charged: { inputTokens: 2, outputTokens: 3 } })
  expect(provider.open).toBe(0)
})

test('every kind of step becomes what an adapter makes of it', async () => {
  const provider = fakeProvider([
    { reasoning: 'Hm', signature: 's' },
    { text: 'a', choice: 1 },
    { toolCall: { name: 'sum', arguments: { a: 1 }, pieces: 3 } },
    { toolCall: { id: 'own', name: 'bad', argumentsText: '{"a' } },
    { source: 's' },
    { file: 'f' },
    { raw: 'r' },
    { embedding: [1] },
    { comment: 'nothing in process' },
    { event: { type: 'text', text: 'any' } },
    { usage: { inputTokens: 7, outputTokens: 4, reasoningTokens: 1 } },
  ])
  const { events } = await collect(pipeline(provider)(request))
  expect(timeless(events).slice(1)).toEqual([
    { type: 'reasoning', text: 'Hm', signature: 's' },
    { type: 'text', text: 'a', choice: 1 },
    { type: 'tool-call-start', id: 'call-1', name: 'sum' },
    { type: 'tool-call-delta', id: 'call-1', argumentsText: '{"' },
    { type: 'tool-call-delta', id: 'call-1', argumentsText: 'a"' },
    { type: 'tool-call-delta', id: 'call-1', argumentsText: ':1}' },
    { type: 'tool-call', id: 'call-1', name: 'sum', arguments: { a: 1 } },
    { type: 'tool-call-start', id: 'own', name: 'bad' },
    { type: 'tool-call-delta', id: 'own', argumentsText: '{' },
    { type: 'tool-call-delta', id: 'own', argumentsText: '"a' },
    { type: 'tool-call', id: 'own', name: 'bad', arguments: undefined, malformed: '{"a' },
    { type: 'source', value: 's' },
    { type: 'file', value: 'f' },
    { type: 'raw', value: 'r' },
    { type: 'embedding', index: 0, value: [1] },
    { type: 'text', text: 'any' },
    { type: 'usage', usage: { inputTokens: 7, outputTokens: 4, reasoningTokens: 1, source: 'provider' } },
    {
      type: 'end',
      finish: 'tool-calls',
      finishRaw: 'tool-calls',
      usage: { inputTokens: 7, outputTokens: 4, reasoningTokens: 1, source: 'provider' },
    },
  ])
  expect(provider.charged).toEqual({ inputTokens: 7, outputTokens: 4 })
})

test('waits on the clock of the call, before the headers and between steps', async () => {
  const clock = virtualClock()
  const provider = fakeProvider({ headersMs: 100, everyMs: 10, text: 'a b' })
  const events = collect(pipeline({ adapter: provider, clock })(request))
  await clock.advance(1000)
  expect((await events).events.map(({ at, type }) => [type, at])).toEqual([
    ['start', 100],
    ['text', 110],
    ['text', 120],
    ['end', 120],
  ])
  expect(provider.last).toMatchObject({ startedAt: 0, headersAt: 100, endedAt: 120 })
})

test('a whole answer is made before its headers come, and has one time', async () => {
  const clock = virtualClock()
  const provider = fakeProvider({ headersMs: 100, everyMs: 10, text: 'a b' })
  const chat = pipeline({ adapter: provider, clock })
  const completion = await clock.runUntil(chat.complete(request))
  expect(completion).toMatchObject({ text: 'a b', finish: 'stop', id: 'answer-1' })
  expect(provider.last).toMatchObject({ headersAt: 120, endedAt: 120, mode: 'complete' })
  expect(new Set(provider.last.events.map(({ at }) => at))).toEqual(new Set([120]))
})

test('headersFirst sends the headers of a whole answer before its waits', async () => {
  const clock = virtualClock()
  const provider = fakeProvider({ headersFirst: true, everyMs: 10, text: 'a b' })
  await clock.runUntil(pipeline({ adapter: provider, clock }).complete(request))
  expect(provider.last).toMatchObject({ headersAt: 0, endedAt: 20 })
})

test.each<{ what: string; script: Script; kind: string; outputTokens: number }>([
  {
    what: 'a failure before the headers',
    script: { failure: { status: 429, retryAfterMs: 5 } },
    kind: 'rate-limit',
    outputTokens: 0,
  },
  {
    what: 'an error in the middle',
    script: [{ text: 'a' }, { error: { kind: 'overloaded' } }],
    kind: 'overloaded',
    outputTokens: 1,
  },
  {
    what: 'a clean end without finish',
    script: [{ text: 'a' }, { truncate: true }],
    kind: 'truncated',
    outputTokens: 1,
  },
  { what: 'a reset', script: [{ text: 'a' }, { reset: true }], kind: 'network', outputTokens: 1 },
])('$what', async ({ script, kind, outputTokens }) => {
  for (const mode of ['stream', 'complete'] as const) {
    const provider = fakeProvider(script)
    const chat = pipeline(provider)
    const { error } =
      mode === 'stream'
        ? await outcomeOf(chat(request).then((reply) => reply.result()))
        : await outcomeOf(chat.complete(request))
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ kind, provider: 'fake', providerRequestId: 'request-1' })
    expect(provider.last.outcome).toBe('failed')
    expect(provider.last.charged.outputTokens).toBe(mode === 'stream' ? outputTokens : 0)
  }
})

test('an error of the test itself is thrown as it is', async () => {
  const own = new Error('mine')
  expect((await collect(pipeline(fakeProvider([{ error: own }]))(request))).error).toBe(own)
})

test('says who closed it and when, and settles a pull that is pending', async () => {
  const clock = virtualClock()
  const provider = fakeProvider([{ text: 'a' }, { stall: true }])
  const controller = new AbortController()
  const events = collect(pipeline({ adapter: provider, clock })(request, { signal: controller.signal }))
  await clock.advance(50)
  expect(provider.last).toMatchObject({ outcome: 'open', charged: { outputTokens: 1 } })
  controller.abort(new Error('enough'))
  expect(provider.last).toMatchObject({ outcome: 'closed', closedBy: 'close', endedAt: 50, closes: 1 })
  expect(typesOf((await events).events)).toEqual(['start', 'text'])
  expect(provider.last).toMatchObject({ pullsAfterClose: 0, pullsOverlapping: 0 })
})

test('an abort before the headers is the signal', async () => {
  const clock = virtualClock()
  for (const answer of [{ headersMs: 100 }, { noHeaders: true }, { headersUntil: new Promise(() => undefined) }]) {
    const provider = fakeProvider(answer)
    const controller = new AbortController()
    const outcome = outcomeOf(pipeline({ adapter: provider, clock })(request, { signal: controller.signal }))
    await clock.settle()
    controller.abort()
    expect((await outcome).error).toMatchObject({ name: 'AbortError' })
    await clock.settle()
    expect(provider.last).toMatchObject({ outcome: 'closed', closedBy: 'signal' })
    expect(clock.pending).toEqual([])
  }
})

test('answers by request: in turn, or by a function of what was seen', async () => {
  const provider = fakeProvider(inTurn('first', 'second'))
  const chat = pipeline(provider)
  const texts = [await chat.complete(request), await chat.complete(request), await chat.complete(request)]
  expect(texts.map(({ text }) => text)).toEqual(['first', 'second', 'second'])
  provider.script(({ index, attempt, mode, operation, headers }) =>
    JSON.stringify({ index, attempt, mode, operation, headers }),
  )
  const { text } = await chat.complete(request, { headers: { 'x-a': 'b' } })
  expect(JSON.parse(text)).toEqual({
    index: 3,
    attempt: 0,
    mode: 'complete',
    operation: 'chat',
    headers: { 'x-a': 'b' },
  })
})

test('waits until the test says so', async () => {
  const gate = Promise.withResolvers<void>()
  const clock = virtualClock()
  const events = collect(pipeline({ adapter: fakeProvider([{ until: gate.promise }, { text: 'a' }]), clock })(request))
  await clock.advance(5)
  gate.resolve()
  expect((await events).events.map(({ at, type }) => [type, at])).toEqual([
    ['start', 0],
    ['text', 5],
    ['end', 5],
  ])
})

test('embeds, and fails at it when told', async () => {
  const provider = fakeProvider()
  const chat = pipeline(provider)
  expect((await chat.embed({ model: 'e', input: ['ab', 'c'] })).embeddings).toEqual([
    [2, 0, 1],
    [1, 1, 1],
  ])
  provider.script({ failure: { kind: 'quota' } })
  expect((await outcomeOf(chat.embed({ model: 'e', input: [''] }))).error).toMatchObject({ kind: 'quota', status: 429 })
})

test('answers in promises where told to, with the same events', async () => {
  const provider = fakeProvider('a b', { asynchronous: true, name: 'slow', identity: 'slow/1', operations: ['chat'] })
  expect(typesOf((await collect(pipeline(provider)(request))).events)).toEqual(['start', 'text', 'text', 'end'])
  expect([provider.name, provider.identity(request), provider.operations]).toEqual(['slow', 'slow/1', ['chat']])
  provider.script([{ error: { kind: 'server' } }])
  expect((await collect(pipeline(provider)(request))).error).toMatchObject({ kind: 'server', provider: 'slow' })
})

test('reports its attempt, and a resend of its own', async () => {
  const provider = fakeProvider({ text: 'a', resend: 'expired key', attempt: { bytesSent: 12 } })
  const attempts: Attempt[] = []
  const watch = middleware({ name: 'watch', end: (call) => void attempts.push(...call.attempts) })
  await pipeline(provider, watch).complete(request)
  expect(provider.ledger).toHaveLength(1)
  expect(attempts).toMatchObject([
    { provider: 'fake', ending: { kind: 'failed' } },
    { reason: 'expired key', status: 200, bytesSent: 12, providerRequestId: 'request-1', ending: { kind: 'done' } },
  ])
})

test('a feed that gives up without its end is a fault of the adapter', async () => {
  const { error } = await collect(pipeline(fakeProvider([{ text: 'a' }, { drop: true }]))(request))
  expect(error).toMatchObject({ kind: 'truncated' })
})
