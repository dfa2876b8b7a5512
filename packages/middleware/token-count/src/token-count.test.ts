import {
  type CallCost,
  type CallOptions,
  type CallUsage,
  type ChatRequest,
  costFact,
  detachedEndNote,
  type Fault,
  type Layer,
  middleware,
  pipeline,
  Reply,
  TimeoutError,
  usageFact,
} from '@cepa/core'
import { type FakeProvider, fakeProvider, inTurn, type Script, testMiddleware, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { type TokenCountOptions, tokenCount } from './index.ts'

/** One token for each word, so that estimates can be read off. */
const byWords = { name: 'words', count: (text: string): number => text.match(/\S+/g)?.length ?? 0 }

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'how are you' }] }
/** Three words, 3 for the message and 3 for the start of the reply. */
const INPUT = 9

/** Sends a failed call again, at once. */
const again = (times: number) =>
  middleware({
    name: 'again',
    traits: { repeats: true },
    async handle(call, next) {
      for (let left = times; ; left--) {
        try {
          const reply = await next(call)
          await reply.peek()
          return reply
        } catch (error) {
          if (left === 0) throw error
        }
      }
    },
  })

interface Setting {
  readonly options?: TokenCountOptions
  /** Layers inside. */
  readonly inside?: readonly Layer[]
  /** Layers outside. */
  readonly outside?: readonly Layer[]
}

/** A stack with a reader of the facts outside of tokenCount. */
function stackOf(script: Script | FakeProvider, { options, inside = [], outside = [] }: Setting = {}) {
  const usages: CallUsage[] = []
  const costs: (CallCost | undefined)[] = []
  const faults: Fault[] = []
  const reader = middleware({
    name: 'reader',
    reads: [usageFact, costFact],
    end(call) {
      if (call.facts.usage) usages.push(call.facts.usage)
      costs.push(call.facts.cost)
    },
  })
  const clock = virtualClock()
  const provider = typeof script === 'object' && 'ledger' in script ? script : fakeProvider(script)
  const layers = [reader, ...outside, tokenCount({ tokenizer: byWords, ...options }), ...inside] as never
  const allow = ['accounts-outside-repeats']
  const chat = pipeline({ adapter: provider, layers, clock, allow, report: (fault) => void faults.push(fault) })
  const last = (): CallUsage => usages.at(-1) as CallUsage
  return { chat, provider, clock, usages, costs, faults, last }
}

const told = { inputTokens: 20, outputTokens: 7, cacheReadTokens: 5, source: 'provider' } as const

test('inside what repeats it would count attempts as calls, and is refused', () => {
  expect(() => pipeline({ adapter: fakeProvider(), layers: [again(1), tokenCount()] as never })).toThrow(
    /^tokenCount must stand outside again: .+ outermost first: tokenCount, again$/,
  )
})

describe('usage that the provider tells', () => {
  test.each(['stream', 'complete'] as const)('is taken as it is, answer and spent alike (%s)', async (mode) => {
    const { chat, last } = stackOf([{ text: 'fine' }, { end: 'stop', usage: told }])
    await (mode === 'complete' ? chat.complete(request) : (await chat(request)).result())
    expect(last()).toEqual({ answer: told, spent: told, attempts: [told] })
  })

  test('is completed where one side is missing, and says so', async () => {
    const { chat, last } = stackOf([{ text: 'fine thanks' }, { end: 'stop', usage: { outputTokens: 4 } }])
    await chat.complete(request)
    expect(last().answer).toEqual({ inputTokens: INPUT, outputTokens: 4, source: 'partial' })
  })

  test('of embeddings has no output, and none is made up', async () => {
    const { chat, last } = stackOf([{ embedding: [1] }, { end: 'stop', usage: { inputTokens: 3 } }])
    await chat.embed({ model: 'm', input: ['a b c'] })
    expect(last().answer).toEqual({ inputTokens: 3, source: 'provider' })
  })
})

describe('usage that the provider does not tell', () => {
  test('is an estimate', async () => {
    const { chat, last } = stackOf([{ reasoning: 'let me' }, { text: 'fine thanks' }, { end: 'stop', usage: false }])
    await chat.complete(request)
    const usage = { inputTokens: INPUT, outputTokens: 4, source: 'estimate' }
    expect(last()).toEqual({ answer: usage, spent: usage, attempts: [usage] })
  })

  test('counts every candidate', async () => {
    const { chat, last } = stackOf([
      { text: 'one two', choice: 0 },
      { text: 'three', choice: 1 },
      { end: 'stop', usage: false },
    ])
    await chat.complete({ ...request, candidates: 2 })
    expect(last().answer?.outputTokens).toBe(3)
  })

  test('of embeddings is that of the inputs', async () => {
    const { chat, last } = stackOf([{ embedding: [1] }, { end: 'stop', usage: false }])
    await chat.embed({ model: 'm', input: ['a b c', 'd'] })
    expect(last().answer).toEqual({ inputTokens: 4, source: 'estimate' })
  })

  test('stays unknown where the request has what cannot be estimated', async () => {
    const { chat, last } = stackOf([{ text: 'a paper' }, { end: 'stop', usage: false }])
    const pdf = { type: 'file', mediaType: 'application/pdf', file: { base64: 'AAAA' } } as const
    await chat.complete({ model: 'm', messages: [{ role: 'user', content: [pdf] }] })
    expect(last().spent).toEqual({ outputTokens: 2, source: 'estimate' })
  })

  test('stays unknown where the answer has files', async () => {
    const { chat, last } = stackOf([{ file: { mediaType: 'image/png' } }, { end: 'stop', usage: false }])
    await chat.complete(request)
    expect(last().spent).toEqual({ inputTokens: INPUT, source: 'estimate' })
  })

  test('stays unknown with estimate: false, for the layer or for one call', async () => {
    const silent = [{ text: 'fine' }, { end: 'stop', usage: false }] as const
    const off = stackOf(silent, { options: { estimate: false } })
    await off.chat.complete(request)
    expect(off.last()).toEqual({ attempts: [undefined] })
    const { chat, last } = stackOf(silent)
    await chat.complete(request, { layers: { tokenCount: { estimate: false } } } as CallOptions)
    expect(last()).toEqual({ attempts: [undefined] })
    await chat.complete(request)
    expect(last().answer?.source).toBe('estimate')
  })

  test('is asked of the default tokenizer too', async () => {
    const { provider } = stackOf('x')
    provider.script([{ text: 'The quick brown fox' }, { end: 'stop', usage: false }])
    const usages: (CallUsage | undefined)[] = []
    const reader = middleware({ name: 'reader', reads: [usageFact], end: (call) => void usages.push(call.facts.usage) })
    await pipeline(provider, reader, tokenCount()).complete(request)
    expect(usages[0]?.answer).toEqual({ inputTokens: 9, outputTokens: 4, source: 'estimate' })
  })
})

describe('a call that ended early', () => {
  const running = { inputTokens: 50, cacheReadTokens: 40, outputTokens: 1 }

  test('keeps the running usage and counts the answer so far', async () => {
    const { chat, last } = stackOf([{ usage: running }, { text: 'one' }, { text: ' two three' }, { stall: true }])
    const controller = new AbortController()
    const reply = await chat(request, { signal: controller.signal })
    const read = (async () => {
      for await (const event of reply) if (event.type === 'text' && event.text.includes('three')) controller.abort()
    })()
    await expect(read).rejects.toThrow()
    const usage = { inputTokens: 50, cacheReadTokens: 40, outputTokens: 3, source: 'partial' }
    expect(last()).toEqual({ answer: usage, spent: usage, attempts: [usage] })
  })

  test('keeps the larger of what was told and what is seen', async () => {
    const script = [{ usage: { inputTokens: 50, outputTokens: 99 } }, { text: 'one' }, { text: ' two' }]
    const { chat, last } = stackOf(script)
    for await (const event of await chat(request)) if (event.type === 'text') break
    expect(last().answer).toEqual({ inputTokens: 50, outputTokens: 99, source: 'partial' })
  })

  test('is estimated where nothing was told: abandoned', async () => {
    const { chat, last } = stackOf([{ text: 'one two' }, { text: ' three' }])
    for await (const event of await chat(request)) if (event.type === 'text') break
    expect(last().spent).toEqual({ inputTokens: INPUT, outputTokens: 2, source: 'estimate' })
  })

  test('is estimated where nothing was told: cut off in the stream, and the error is another layer’s to see', async () => {
    const { chat, last } = stackOf([{ text: 'one two' }, { truncate: true }])
    await expect((await chat(request)).result()).rejects.toThrow('without its finish')
    expect(last().answer).toEqual({ inputTokens: INPUT, outputTokens: 2, source: 'estimate' })
  })

  test('is estimated where nothing was told: never read', async () => {
    const { chat, last, clock } = stackOf([{ text: 'one two' }])
    const reply = await chat(request)
    await clock.advance(60_000)
    expect(last().spent).toEqual({ inputTokens: INPUT, outputTokens: 0, source: 'estimate' })
    await reply.cancel()
  })

  test('has spent its input while the provider thought about it', async () => {
    const { chat, last } = stackOf({ noHeaders: true })
    const controller = new AbortController()
    const asked = chat(request, { signal: controller.signal })
    await Promise.resolve()
    controller.abort()
    await expect(asked).rejects.toThrow()
    expect(last()).toMatchObject({ spent: { inputTokens: INPUT, outputTokens: 0, source: 'estimate' } })
  })

  test('counts a tool call that was cut short, once, and a whole one as it is', async () => {
    const events = [
      { event: { type: 'tool-call-start', id: 'a', name: 'find' } },
      { event: { type: 'tool-call-delta', id: 'a', argumentsText: '{"x":' } },
      { event: { type: 'tool-call', id: 'a', name: 'find', arguments: { x: 1 } } },
      { event: { type: 'tool-call-start', id: 'b', name: 'find' } },
      { event: { type: 'tool-call-delta', id: 'b', argumentsText: '{"text": "some ' } },
      { event: { type: 'tool-call-delta', id: 'b', argumentsText: 'more' } },
      { reset: true },
    ] as const
    const { chat, last } = stackOf(events)
    await expect((await chat(request)).result()).rejects.toThrow('reset')
    // find and {"x":1}; then find{"text":, "some and more
    expect(last().answer?.outputTokens).toBe(5)
  })
})

describe('attempts', () => {
  const losing = [{ usage: { inputTokens: 30, outputTokens: 0 } }, { error: { kind: 'overloaded' } }] as const

  test('that lost are spent, and no part of the answer', async () => {
    const provider = fakeProvider(inTurn(losing, [{ text: 'fine' }, { end: 'stop', usage: told }]))
    const { chat, last } = stackOf(provider, { inside: [again(1)] })
    await (await chat(request)).result()
    const lost = { inputTokens: 30, outputTokens: 0, source: 'partial' }
    expect(last()).toEqual({
      answer: told,
      spent: { inputTokens: 50, outputTokens: 7, cacheReadTokens: 5, source: 'partial' },
      attempts: [lost, told],
    })
  })

  test.each([
    { status: 429 },
    { status: 500 },
    { kind: 'auth' },
    { kind: 'context-length' },
    { kind: 'network' },
    { kind: 'overloaded' },
  ] as const)('that were refused (%j) spent nothing', async (failure) => {
    const provider = fakeProvider(inTurn({ failure }, [{ text: 'fine' }, { end: 'stop', usage: told }]))
    const { chat, last } = stackOf(provider, { inside: [again(1)] })
    await chat.complete(request)
    expect(last()).toEqual({ answer: told, spent: told, attempts: [undefined, told] })
  })

  test('that all were refused leave nothing', async () => {
    const { chat, last } = stackOf({ failure: { status: 503 } }, { inside: [again(2)] })
    await expect(chat.complete(request)).rejects.toThrow()
    expect(last()).toEqual({ attempts: [undefined, undefined, undefined] })
  })

  test('that never were sent, because the adapter refused, spent nothing', async () => {
    const { chat, last } = stackOf({ failure: new TypeError('cannot send that') })
    await expect(chat.complete(request)).rejects.toThrow('cannot send')
    expect(last()).toEqual({ attempts: [undefined] })
  })

  test('that timed out on our side spent their input', async () => {
    const failure = new TimeoutError({ limit: 'headers', limitMs: 5, setBy: 'timeout' })
    const { chat, last } = stackOf({ failure })
    await expect(chat.complete(request)).rejects.toThrow()
    expect(last().spent).toEqual({ inputTokens: INPUT, outputTokens: 0, source: 'estimate' })
  })

  test('of a resend within the adapter count each', async () => {
    const { chat, last } = stackOf({
      steps: [{ text: 'fine' }, { end: 'stop', usage: told }],
      resend: 'token refreshed',
    })
    await chat.complete(request)
    expect(last().attempts).toEqual([undefined, told])
  })

  test('of earlier rounds are not counted again by a layer that stands inside what repeats', async () => {
    const provider = fakeProvider(inTurn(losing, [{ text: 'fine' }, { end: 'stop', usage: told }]))
    const { chat, usages } = stackOf(provider, { outside: [again(1)] })
    await (await chat(request)).result()
    expect(usages).toEqual([{ answer: told, spent: told, attempts: [told] }])
  })
})

describe('two attempts at once', () => {
  /** Asks twice, and takes the one whose content comes first. */
  const racing = middleware({
    name: 'racing',
    traits: { repeats: true },
    async handle(call, next) {
      const tries = [next(call), next(call)].map(async (asked) => {
        const reply = await asked
        await reply.peek()
        return reply
      })
      const first = await Promise.race(tries)
      for (const each of tries) void each.then((reply) => (reply === first ? undefined : reply.cancel()))
      await Promise.all(tries)
      return first
    },
  })

  test('the one that lost is spent, and no part of the answer', async () => {
    const fast = [{ text: 'fine' }, { end: 'stop', usage: told }] as const
    const slow = [{ usage: { inputTokens: 30 } }, { waitMs: 10 }, { text: 'too late' }, { stall: true }] as const
    const provider = fakeProvider(({ index }) => (index === 0 ? slow : fast))
    const { chat, last, clock } = stackOf(provider, { inside: [racing] })
    await clock.runUntil(chat(request).then((reply) => reply.result()))
    const lost = { inputTokens: 30, outputTokens: 2, source: 'partial' }
    expect(last()).toEqual({
      answer: told,
      spent: { inputTokens: 50, outputTokens: 9, cacheReadTokens: 5, source: 'partial' },
      attempts: [lost, told],
    })
  })
})

describe('an answer that no attempt made', () => {
  const cached = { inputTokens: 8, outputTokens: 2, source: 'cache' } as const

  const replaying = (usage?: typeof cached) =>
    middleware({
      name: 'replaying',
      async handle() {
        return Reply.from([
          { type: 'text', text: 'kept', at: 0 },
          { type: 'end', finish: 'stop', at: 0, ...(usage && { usage }) },
        ])
      },
    })

  test('has the source that the cache stamped, and spent nothing', async () => {
    const { chat, last, costs } = stackOf('unused', {
      inside: [replaying(cached)],
      options: { prices: { name: 'none', price: () => ({ unknown: 'no price' }) } },
    })
    await chat.complete(request)
    expect(last()).toEqual({ answer: cached, attempts: [] })
    expect(costs).toEqual([{ usd: 0, attempts: [] }])
  })

  test('is not estimated', async () => {
    const { chat, last } = stackOf('unused', { inside: [replaying()] })
    await chat.complete(request)
    expect(last()).toEqual({ attempts: [] })
  })
})

describe('a detached call', () => {
  /** Answers at once, and buys the same again behind the caller's back. */
  const refreshing = () =>
    middleware({
      name: 'refreshing',
      async handle(call, next) {
        const detached = call.detach('refresh')
        void next(detached).then((reply) => reply.result())
        return Reply.from([
          { type: 'text', text: 'old', at: 0 },
          { type: 'end', finish: 'stop', at: 0 },
        ])
      },
    })

  test.each(['outside', 'inside'] as const)('is no part of what its caller spent (maker stands %s)', async (where) => {
    const seen: string[] = []
    const watcher = middleware({
      name: 'watcher',
      note: (_call, note) => void (detachedEndNote.is(note) && seen.push(note.value.reason)),
    })
    const { chat, usages, clock } = stackOf([{ text: 'new' }, { end: 'stop', usage: told }], {
      [where]: [refreshing()],
      outside: [watcher, ...(where === 'outside' ? [refreshing()] : [])],
    })
    await chat.complete(request)
    await clock.settle()
    expect(seen).toEqual(['refresh'])
    expect(usages.every(({ spent }) => spent === undefined)).toBe(true)
  })
})

describe('a tokenizer that is broken', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('no vocabulary')
      },
      'no vocabulary',
    ],
    ['counts no number', () => Number.NaN, 'counted NaN'],
  ])('%s: what the provider told is kept, the rest is unknown, and the fault is told', async (_, count, message) => {
    const options = { tokenizer: { name: 'broken', count } }
    const { chat, last, faults } = stackOf([{ usage: { inputTokens: 4 } }, { text: 'x' }, { reset: true }], { options })
    await expect((await chat(request)).result()).rejects.toThrow('reset')
    expect(last().spent).toEqual({ inputTokens: 4, source: 'partial' })
    expect(faults).toMatchObject([{ middleware: 'tokenCount', hook: 'end' }])
    expect(faults[0]?.error.message).toContain(message)
  })
})

test('keeps the contract', async () => {
  await testMiddleware({
    make: () => tokenCount({ by: ['tenant'], prices: { name: 'none', price: () => ({ unknown: 'no price' }) } }),
    name: 'tokenCount',
    badOptions: [() => tokenCount({ maxGroups: 0 }), () => tokenCount({ by: [''] })],
    badCallOptions: [{ estimate: 'yes' }, { maxGroups: 5 }, 3],
  })
})
