import { type AnyMiddleware, middleware, OptionError, type Pipeline, pipeline, requestIdFact, route } from '@cepa/core'
import { collect, fakeProvider, inTurn, testMiddleware } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { BusyClock } from '../test/busy-clock.ts'
import { bench, busyLayer, request, tryCall } from '../test/stacks.ts'
import { profiler } from './index.ts'

const again: AnyMiddleware = middleware({
  name: 'again',
  traits: { repeats: true },
  handle: (call, next) => next(call).catch(() => next(call)),
})

/** Which of several quick events the core times one by one is its own affair. */
const withoutSample = (report: string): string => report.replaceAll(/ \([\d,]+ timed one by one\)/g, '')

describe('the table', () => {
  test('tells layers in stack order, provider and consumer, with what they took', async () => {
    const profile = profiler()
    const made = bench(
      (clock) => [
        busyLayer('outer', clock, { provide: 0.5, start: 1.5, end: 4 }),
        profile,
        busyLayer('inner', clock, { start: 1, firstToken: 2, event: 0.25, end: 1 }),
      ],
      { script: { headersMs: 40, everyMs: 10, text: 'one two three' } },
    )
    for (let call = 0; call < 4; call++) await made.read('m', () => made.clock.busy(3))
    expect(withoutSample(profile.report())).toMatchInlineSnapshot(`
      "4 calls, 20 events
      layer      calls  runs    total    share     mean      p50      p95      p99   way in   event  way out  note
      outer          4    12  24.0 ms    6.4 %  6.00 ms  6.00 ms  6.00 ms  6.00 ms  2.00 ms          4.00 ms
      profiler       4    16        0    0.0 %        0        0        0        0
      inner          4    32  21.0 ms    5.6 %  5.25 ms  5.25 ms  5.25 ms  5.25 ms  1.00 ms  650 µs  1.00 ms
      provider       4         280 ms   75.1 %  70.0 ms  70.0 ms  70.0 ms  70.0 ms
      consumer       4        48.0 ms   12.9 %  12.0 ms  12.0 ms  12.0 ms  12.0 ms
      wall time      4         373 ms  100.0 %  93.3 ms  93.3 ms  93.3 ms  93.3 ms
      layers, provider and consumer are 100.0 % of the wall time"
    `)
    expect(withoutSample(profile.report({ hooks: true }))).toMatchInlineSnapshot(`
      "4 calls, 20 events
      layer         calls  runs    total    share     mean      p50      p95      p99   way in   event  way out  note
      outer             4    12  24.0 ms    6.4 %  6.00 ms  6.00 ms  6.00 ms  6.00 ms  2.00 ms          4.00 ms
        provide               4  2.00 ms    0.5 %   500 µs
        start                 4  6.00 ms    1.6 %  1.50 ms
        end                   4  16.0 ms    4.3 %  4.00 ms
      profiler          4    16        0    0.0 %        0        0        0        0
        start                 4        0    0.0 %        0
        note                  8        0    0.0 %        0
        end                   4        0    0.0 %        0
      inner             4    32  21.0 ms    5.6 %  5.25 ms  5.25 ms  5.25 ms  5.25 ms  1.00 ms  650 µs  1.00 ms
        start                 4  4.00 ms    1.1 %  1.00 ms
        firstToken            4  8.00 ms    2.1 %  2.00 ms
        event                20  5.00 ms    1.3 %   250 µs
        end                   4  4.00 ms    1.1 %  1.00 ms
      provider          4         280 ms   75.1 %  70.0 ms  70.0 ms  70.0 ms  70.0 ms
      consumer          4        48.0 ms   12.9 %  12.0 ms  12.0 ms  12.0 ms  12.0 ms
      wall time         4         373 ms  100.0 %  93.3 ms  93.3 ms  93.3 ms  93.3 ms
      layers, provider and consumer are 100.0 % of the wall time"
    `)
  })

  test('has one for each provider or model, and names pipelines where there are several', async () => {
    const clock = new BusyClock()
    const profile = profiler()
    const nested = (name: string, ms: number): Pipeline =>
      bench(() => [busyLayer('limits', clock, { start: ms })], { clock, name, provider: name, script: 'Hi' }).chat
    const chat = pipeline({
      adapter: route({ openai: nested('openai', 1), ollama: nested('ollama', 9) }),
      layers: [profile, busyLayer('shared', clock, { end: 2 })] as readonly AnyMiddleware[] as [],
      clock,
      name: 'front',
    })
    for (const model of ['openai/small', 'openai/large', 'ollama/llama'])
      await clock.runUntil(chat.complete({ ...request, model }))
    expect(withoutSample(profile.report({ by: 'provider' }))).toMatchInlineSnapshot(`
      "openai: 2 calls, 6 events
      layer       calls  runs    total    share     mean      p50      p95      p99   way in  event  way out  note
      front:
        profiler      2     8        0    0.0 %        0        0        0        0
        shared        2     2  4.00 ms   66.7 %  2.00 ms  2.00 ms  2.00 ms  2.00 ms                  2.00 ms
      openai:
        limits        2     2  2.00 ms   33.3 %  1.00 ms  1.00 ms  1.00 ms  1.00 ms  1.00 ms
      provider        2              0    0.0 %        0        0        0        0
      consumer        2              0    0.0 %        0        0        0        0
      wall time       2        6.00 ms  100.0 %  3.00 ms  3.00 ms  3.00 ms  3.00 ms
      layers, provider and consumer are 100.0 % of the wall time

      ollama: 1 call, 3 events
      layer       calls  runs    total    share     mean      p50      p95      p99   way in  event  way out  note
      front:
        profiler      1     4        0    0.0 %        0        0        0        0
        shared        1     1  2.00 ms   18.2 %  2.00 ms  2.00 ms  2.00 ms  2.00 ms                  2.00 ms
      ollama:
        limits        1     1  9.00 ms   81.8 %  9.00 ms  9.00 ms  9.00 ms  9.00 ms  9.00 ms
      provider        1              0    0.0 %        0        0        0        0
      consumer        1              0    0.0 %        0        0        0        0
      wall time       1        11.0 ms  100.0 %  11.0 ms  11.0 ms  11.0 ms  11.0 ms
      layers, provider and consumer are 100.0 % of the wall time"
    `)
    const labels = profile.report({ by: 'model', json: true }).groups.map((each) => each.labels)
    expect(labels).toEqual([
      { provider: 'openai', model: 'small' },
      { provider: 'openai', model: 'large' },
      { provider: 'ollama', model: 'llama' },
    ])
  })

  test('of no calls says so', () => {
    expect(profiler().report()).toBe('0 calls, 0 events')
    expect(profiler().report({ json: true })).toMatchObject({
      total: { calls: 0, layers: [], accounted: 1 },
      groups: [],
    })
  })
})

describe('the data', () => {
  test('splits the self time of a layer in way in, per event, way out and notes', async () => {
    const profile = profiler()
    const told = middleware({
      name: 'tells',
      end: (call) => call.emit({ name: 'told', is: (_): _ is never => true }, 1),
    })
    const made = bench((clock) => [
      profile,
      busyLayer('layer', clock, { provide: 1, start: 2, firstToken: 4, event: 8, note: 16, end: 32 }),
      told,
    ])
    await made.read()
    const { total } = profile.report({ json: true })
    const layer = total.layers.find((each) => each.layer === 'layer')
    const notes = layer?.hooks.find(({ hook }) => hook === 'note')?.runs ?? 0
    expect(total.events).toBe(5)
    expect(notes).toBeGreaterThan(0)
    expect(layer).toMatchObject({
      pipeline: 'chat',
      calls: 1,
      totalMs: 1 + 2 + 4 + 5 * 8 + notes * 16 + 32,
      wayInMs: 3,
      perEventMs: (4 + 5 * 8) / 5,
      wayOutMs: 32,
      notesMs: notes * 16,
      runs: 1 + 1 + 1 + 5 + notes + 1,
    })
    expect(total.accounted).toBeCloseTo(1, 9)
    expect(total.wall.totalMs).toBeCloseTo(made.clock.now(), 9)
  })

  test('is the same as the table is made of, as JSON', async () => {
    const profile = profiler()
    const made = bench((clock) => [profile, busyLayer('layer', clock, { end: 2 })])
    await made.read()
    const report = profile.report({ json: true })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  test('keeps layers of one name apart by pipeline, and knows the stack though a call leaves layers out', async () => {
    const clock = new BusyClock()
    const profile = profiler()
    const inner = bench(() => [busyLayer('same', clock, { start: 5 })], { clock, name: 'inner' })
    const layers = ['first', 'same', 'last'].map((name) => busyLayer(name, clock, { start: 1 }))
    const chat = pipeline({
      adapter: inner.chat,
      layers: [profile, ...layers] as readonly AnyMiddleware[] as [],
      clock,
      name: 'outer',
    })
    await clock.runUntil(chat.complete(request, { layers: { first: false, same: false } as object }))
    await clock.runUntil(chat.complete(request))
    const rows = profile
      .report({ json: true })
      .total.layers.filter(({ layer }) => layer !== 'profiler')
      .map(({ pipeline: its, layer, calls, meanMs }) => [its, layer, calls, meanMs])
    expect(rows).toEqual([
      ['outer', 'first', 1, 1],
      ['outer', 'same', 1, 1],
      ['outer', 'last', 2, 1],
      ['inner', 'same', 1, 5],
    ])
  })
})

describe('a call', () => {
  test('is counted under who answered: the attempt that won, else the last', async () => {
    const profile = profiler()
    const script = inTurn({ failure: { status: 500 } }, 'Hi', { failure: { status: 500 } })
    const made = bench(() => [profile, again], { script })
    await made.read('good')
    await tryCall(made)
    const rows = profile.report({ by: 'model', json: true }).groups.map(({ labels, calls }) => [labels.model, calls])
    expect(rows).toEqual([
      ['good', 1],
      ['m', 1],
    ])
  })

  test('that is answered from within, without an attempt, is counted under whom it leads to', async () => {
    const profile = profiler()
    const chat = pipeline({
      adapter: route({ openai: fakeProvider('Hi', { name: 'openai' }) }),
      layers: [profile, middleware({ name: 'answers', handle: async () => Promise.reject(new Error('no')) })],
    })
    await collect(chat({ ...request, model: 'openai/small' })).catch(() => undefined)
    expect(profile.report({ by: 'model', json: true }).groups[0]?.labels).toEqual({
      provider: 'openai',
      model: 'small',
    })
  })

  test('is one, however often it comes by: by attempts, by nested pipelines', async () => {
    const profile = profiler()
    const clock = new BusyClock()
    const script = inTurn({ failure: { status: 500 } }, 'Hi')
    const inner = bench(() => [profile], { clock, script, name: 'inner' })
    const chat = pipeline({ adapter: inner.chat, layers: [profile, again, profiler({ name: 'other' })], clock })
    await clock.runUntil(chat.complete(request))
    expect(profile.report({ json: true }).total).toMatchObject({ calls: 1, accounted: 1 })
  })

  test('counts whatever becomes of it', async () => {
    const profile = profiler()
    const script = inTurn({ failure: { status: 500 } }, 'a b c', [{ text: 'a' }, { stall: true }], 'a b c')
    const made = bench(() => [profile], { script })
    const { chat, clock } = made
    await tryCall(made)
    await clock.runUntil(collect(chat(request), { events: 2 }))
    await tryCall(made, { deadlineMs: 50 })
    await clock.runUntil(chat.complete(request))
    const kinds = profile
      .chromeTrace()
      .traceEvents.flatMap((event) => ('cat' in event && event.cat === 'call' ? [event.args.ending] : []))
    expect(kinds).toEqual(['failed', 'abandoned', 'aborted', 'done'])
    expect(profile.report({ json: true }).total.calls).toBe(4)
    expect(made.faults).toEqual([])
  })

  test('that was detached is a call of its own', async () => {
    const refreshes = middleware({
      name: 'refreshes',
      traits: { repeats: true },
      async handle(call, next) {
        next(call.detach('refresh')).then(
          (reply) => reply.result(),
          () => undefined,
        )
        return next(call)
      },
    })
    const run = async (layers: readonly AnyMiddleware[]): Promise<void> => {
      const made = bench(() => layers, { script: inTurn({ headersMs: 70, text: 'Hi' }, { headersMs: 20, text: 'Hi' }) })
      await made.read()
      await made.clock.runUntil(made.clock.sleep(100))
    }
    const outside = profiler()
    await run([outside, refreshes])
    const around = profiler()
    await run([refreshes, around])
    for (const each of [outside, around])
      expect(each.report({ json: true }).total).toMatchObject({ calls: 2, provider: { totalMs: 90, maxMs: 70 } })
  })

  test('may leave the profiler out, which then takes no times', async () => {
    const profile = profiler()
    const { chat } = bench(() => [profile])
    await chat.complete(request, { layers: { profiler: false } as object })
    expect(profile.report({ json: true }).total.calls).toBe(0)
  })
})

test('forgets what it is told to, and goes on', async () => {
  const profile = profiler({ keepCalls: 2 })
  const made = bench(() => [profile])
  for (let call = 0; call < 3; call++) await made.read()
  profile.reset()
  expect(profile.report()).toBe('0 calls, 0 events')
  expect(profile.chromeTrace().traceEvents).toEqual([])
  await made.read()
  expect(profile.report({ json: true }).total.calls).toBe(1)
})

test('two stand in one stack, each with its own calls', async () => {
  const [one, other] = [profiler(), profiler({ name: 'other' })]
  const made = bench(() => [one, other])
  await made.read()
  expect([one, other].map((each) => each.report({ json: true }).total.calls)).toEqual([1, 1])
})

test('the core knows what it reads and wants', () => {
  const { chat } = bench(() => [profiler({ keepCalls: 4, slow: { providers: { fake: 5 } } })])
  expect(chat.explain({ json: true })).toMatchObject({
    layers: [
      {
        name: 'profiler',
        reads: [`${requestIdFact.name}?`],
        traits: ['timings'],
        data: { keepCalls: 4, maxModels: 64, slowMs: 30_000, slow: { providers: { fake: 5 } } },
      },
    ],
  })
})

describe('options that cannot be right are refused', () => {
  test.each([
    [{ name: 'my profiler' }, 'option name is "my profiler"; it must be a camelCase identifier'],
    [{ maxModels: 0 }, 'option maxModels is 0; it must be an integer from 1 to 10000'],
    [{ keepCalls: -1 }, 'option keepCalls is -1; it must be an integer from 0 to 1000'],
    [{ slowMs: true }, 'option slowMs is true'],
    [
      { slow: { providers: { openai: '5 s' } } },
      'option slow.providers.openai is "5 s"; it must be a number of at least 0',
    ],
    [{ slow: { provider: {} } }, 'option slow.provider'],
    [{ onSlowCall: 'log' }, 'option onSlowCall is "log"; it must be a function'],
    [{ keepCall: 3 }, 'did you mean keepCalls?'],
    [{ cpuProfile: { folder: 'profiles' } }, 'there is no such option'],
  ])('%o', (options, problem) => {
    expect(() => profiler(options as never)).toThrow(OptionError)
    expect(() => profiler(options as never)).toThrow(problem)
  })
})

test('keeps the contract', async () => {
  const report = await testMiddleware({
    make: () => profiler(),
    name: 'profiler',
    badOptions: [() => profiler({ name: 'my profiler' }), () => profiler({ keepCalls: 0.5 })],
    badCallOptions: [{ name: 'other' }, true],
  })
  expect(report.broken).toEqual([])
})
