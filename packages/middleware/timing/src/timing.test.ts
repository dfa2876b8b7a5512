import { middleware, OptionError, pipeline, type Timing, timingFact } from '@cepa/core'
import { collect, fakeProvider, inTurn, outcomeOf, type Script, testMiddleware, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { timing } from './index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

/** A stack with a clock of its own whose outermost layer keeps every timing that it is given. */
function measuring(script: Script, ...inside: Parameters<typeof middleware>[0][]) {
  const clock = virtualClock({ startMs: 1000 })
  const timings: (Timing | undefined)[] = []
  const provider = fakeProvider(script)
  const reader = middleware({
    name: 'reader',
    reads: [timingFact],
    end: (call) => void timings.push(call.facts.timing),
  })
  const layers = [reader, timing(), ...inside.map((spec) => middleware(spec))] as const
  const chat = pipeline({ adapter: provider, layers: layers as never, clock })
  return { chat, clock, provider, timings }
}

const again: Parameters<typeof middleware>[0] = {
  name: 'again',
  traits: { repeats: true },
  handle: (call, next) => next(call).catch(() => next(call)),
}

describe('a streamed answer', () => {
  test('is measured: total, headers, first content, gaps, speed, shares', async () => {
    const { chat, clock, timings } = measuring({
      headersMs: 100,
      steps: [{ waitMs: 50 }, { text: 'a' }, { waitMs: 10 }, { text: 'b' }, { waitMs: 40 }, { text: 'c' }],
      inputTokens: 5,
    })
    await clock.runUntil(collect(chat(request)))
    expect(timings).toEqual([
      {
        totalMs: 200,
        headersMs: 100,
        firstTokenMs: 150,
        gaps: { count: 2, meanMs: 25, p50Ms: 10, p95Ms: 40, maxMs: 40 },
        outputTokensPerSecond: 60,
        providerMs: 200,
        consumerMs: 0,
      },
    ])
  })

  test('counts as the consumer’s what the consumer takes between events', async () => {
    const { chat, clock, timings } = measuring([{ waitMs: 10 }, { text: 'a' }, { waitMs: 10 }, { text: 'b' }])
    const reading = async () => {
      for await (const event of await chat(request)) {
        if (event.type === 'text') await new Promise<void>((resolve) => clock.setTimer(300, resolve))
      }
    }
    await clock.runUntil(reading())
    expect(timings[0]).toMatchObject({ totalMs: 620, providerMs: 20, consumerMs: 600 })
  })

  test('counts content alone as the first token', async () => {
    const { chat, clock, timings } = measuring([
      { raw: 'ping' },
      { waitMs: 5 },
      { text: '' },
      { waitMs: 20 },
      { reasoning: 'hm' },
      { waitMs: 70 },
      { text: 'a' },
    ])
    await clock.runUntil(collect(chat(request)))
    expect(timings[0]).toMatchObject({ firstTokenMs: 25, gaps: { count: 1, maxMs: 70 } })
  })

  test('of a tool call has the gaps between the pieces of its arguments', async () => {
    const { chat, clock, timings } = measuring({
      everyMs: 10,
      steps: [{ toolCall: { name: 'find', arguments: { query: 'onions' }, pieces: 4 } }],
    })
    await clock.runUntil(collect(chat(request)))
    expect(timings[0]?.gaps?.count).toBe(4)
  })

  test('that came at once has no speed', async () => {
    const { chat, timings } = measuring('All of it at once')
    await collect(chat(request))
    expect(timings[0]).toMatchObject({ firstTokenMs: 0, gaps: { count: 4, maxMs: 0 } })
    expect(timings[0]).not.toHaveProperty('outputTokensPerSecond')
  })

  test('of which the provider tells no usage has no speed', async () => {
    const { chat, clock, timings } = measuring({ everyMs: 10, text: 'one two three', usage: false })
    await clock.runUntil(collect(chat(request)))
    expect(timings[0]).toMatchObject({ firstTokenMs: 10, gaps: { count: 2 } })
    expect(timings[0]).not.toHaveProperty('outputTokensPerSecond')
  })

  test.each([
    ['that was not sent is no output of that time', [], 20],
    ['that was sent is', [{ reasoning: 'hm' }, { waitMs: 0 }] as const, 120],
  ])('with reasoning %s', async (_, first, speed) => {
    const usage = { inputTokens: 1, outputTokens: 120, reasoningTokens: 100 }
    const { chat, clock, timings } = measuring([
      ...first,
      { text: 'a' },
      { waitMs: 1000 },
      { text: 'b' },
      { end: 'stop', usage },
    ])
    await clock.runUntil(collect(chat(request)))
    expect(timings[0]?.outputTokensPerSecond).toBe(speed)
  })

  test('that was cut short has no speed: what the provider had counted by then is not what had come', async () => {
    const usage = { inputTokens: 1, outputTokens: 1, source: 'partial' } as const
    const { chat, clock, timings } = measuring([
      { usage },
      { text: 'a' },
      { waitMs: 10 },
      { text: 'b' },
      { stall: true },
    ])
    const reply = await clock.runUntil(chat(request))
    await clock.runUntil(
      (async () => {
        for await (const event of reply) if (event.type === 'text' && event.text === 'b') break
      })(),
    )
    expect(timings[0]?.gaps?.count).toBe(1)
    expect(timings[0]).not.toHaveProperty('outputTokensPerSecond')
  })

  test('replayed from a cache has no speed', async () => {
    const usage = { inputTokens: 1, outputTokens: 120, source: 'cache' } as const
    const { chat, clock, timings } = measuring([{ text: 'a' }, { waitMs: 10 }, { text: 'b' }, { end: 'stop', usage }])
    await clock.runUntil(collect(chat(request)))
    expect(timings[0]).not.toHaveProperty('outputTokensPerSecond')
  })
})

test('a whole answer has total, headers and shares only', async () => {
  const { chat, clock, timings } = measuring({ headersMs: 30, everyMs: 10, text: 'one two' })
  await clock.runUntil(chat.complete(request))
  expect(timings).toEqual([{ totalMs: 50, headersMs: 50, providerMs: 50, consumerMs: 0 }])
})

describe('with several attempts', () => {
  test('the headers are those of the attempt that answered, on the call’s time', async () => {
    const script = inTurn({ headersMs: 40, failure: { status: 500 } }, { headersMs: 5, everyMs: 1, text: 'one two' })
    const { chat, clock, timings } = measuring(script, again)
    await clock.runUntil(collect(chat(request)))
    expect(timings[0]).toMatchObject({ totalMs: 47, headersMs: 45, firstTokenMs: 46 })
  })

  test('a second one further in measures each of them', async () => {
    const clock = virtualClock()
    const totals: (number | undefined)[] = []
    const attemptTimes = middleware({
      name: 'attemptTimes',
      reads: [timingFact],
      end: (call) => void totals.push(call.facts.timing?.totalMs),
    })
    const adapter = fakeProvider(inTurn({ headersMs: 40, failure: { status: 500 } }, { headersMs: 5, text: 'one' }))
    const chat = pipeline({
      adapter,
      layers: [
        middleware({ ...attemptTimes['~spec'], name: 'callTimes' }),
        timing(),
        middleware(again),
        attemptTimes,
        timing({ name: 'attemptTiming' }),
      ] as never,
      clock,
    })
    await clock.runUntil(chat.complete(request))
    expect(totals).toEqual([40, 5, 45])
  })
})

describe('an ending before the end', () => {
  test('failed: what happened is there', async () => {
    const { chat, clock, timings } = measuring({
      headersMs: 10,
      steps: [{ waitMs: 20 }, { text: 'a' }, { waitMs: 5 }, { error: { status: 500 } }],
    })
    await clock.runUntil(collect(chat(request)))
    expect(timings).toEqual([{ totalMs: 35, headersMs: 10, firstTokenMs: 30, providerMs: 35, consumerMs: 0 }])
  })

  test('refused before headers: the time alone', async () => {
    const { chat, clock, timings } = measuring({ headersMs: 10, failure: new Error('connection refused') })
    await clock.runUntil(outcomeOf<unknown>(chat(request)))
    expect(timings).toEqual([{ totalMs: 10, providerMs: 10, consumerMs: 0 }])
  })

  test('aborted while the provider is waited for: the wait is the provider’s', async () => {
    const { chat, clock, timings } = measuring([{ text: 'a' }, { stall: true }])
    const controller = new AbortController()
    const reading = collect(chat(request, { signal: controller.signal }))
    await clock.advance(80)
    controller.abort()
    await reading
    expect(timings).toEqual([{ totalMs: 80, headersMs: 0, firstTokenMs: 0, providerMs: 80, consumerMs: 0 }])
  })

  test('left by its reader', async () => {
    const { chat, clock, timings } = measuring({ everyMs: 10, text: 'one two three four' })
    await clock.runUntil(collect(chat(request), { events: 3 }))
    expect(timings[0]).toMatchObject({ totalMs: 20, firstTokenMs: 10, gaps: { count: 1, maxMs: 10 } })
  })
})

test('calls at one time are measured apart', async () => {
  const { chat, clock, timings } = measuring(({ index }) => ({ everyMs: 10 * (index + 1), text: 'one two three' }))
  await clock.runUntil(Promise.all([collect(chat(request)), collect(chat(request)), collect(chat(request))]))
  expect(timings.map((each) => each?.totalMs)).toEqual([30, 60, 90])
  expect(timings.map((each) => each?.gaps?.maxMs)).toEqual([10, 20, 30])
})

test('no hook is broken, whatever the operation', async () => {
  const faults: unknown[] = []
  const chat = pipeline({
    adapter: fakeProvider({ steps: [{ embedding: [1, 2] }] }),
    layers: [timing()],
    report: (fault) => faults.push(fault),
  })
  await chat.embed({ model: 'm', input: ['a'] })
  await (await chat(request)).cancel()
  expect(faults).toEqual([])
})

test('a name that is none is refused', () => {
  expect(() => timing({ name: 'my timing' })).toThrow(OptionError)
  expect(() => timing({ name: 'my timing' })).toThrow(
    'timing: option name is "my timing"; it must be a camelCase identifier',
  )
  expect(() => timing({ names: 'a' } as never)).toThrow('did you mean name?')
})

test('keeps the contract', async () => {
  const report = await testMiddleware({
    make: () => timing(),
    name: 'timing',
    badOptions: [() => timing({ name: 'my timing' }), () => timing({ unit: 's' } as never)],
    badCallOptions: [{ name: 'other' }, true],
  })
  expect(report.broken).toEqual([])
})
