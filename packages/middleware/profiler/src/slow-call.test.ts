import { middleware, requestIdFact } from '@cepa/core'
import { inTurn } from '@cepa/testing'
import { describe, expect, test, vi } from 'vitest'
import { bench, busyLayer, tryCall } from '../test/stacks.ts'
import { type ProfilerProblem, profiler, type SlowCall, type SlowThresholds } from './index.ts'
import { slowestLayerOf } from './slow-call.ts'
import { thresholdFor } from './threshold.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const asked = middleware({
  name: 'asked',
  gives: [requestIdFact],
  provide: (call) => call.give(requestIdFact, 'req_1'),
})

describe('the threshold', () => {
  const slow: SlowThresholds = {
    providers: { openai: 5000 },
    models: { 'o3-pro': 300_000, 'openai/o3-pro': 200_000, 'ollama/llama': 60_000 },
  }
  test.each([
    ['openai', 'o3-pro', 200_000],
    ['azure', 'o3-pro', 300_000],
    ['openai', 'gpt', 5000],
    ['ollama', 'llama', 60_000],
    ['ollama', 'qwen', 1000],
    ['constructor', 'toString', 1000],
  ])('of %s, %s is the most specific one', (provider, model, ms) => {
    expect(thresholdFor({ slowMs: 1000, slow }, { provider, model })).toBe(ms)
  })

  test('may be none', () => {
    expect(thresholdFor({ slowMs: false }, { provider: 'p', model: 'm' })).toBe(Number.POSITIVE_INFINITY)
    expect(thresholdFor({ slowMs: false, slow }, { provider: 'openai', model: 'm' })).toBe(5000)
  })
})

describe('a slow call', () => {
  test('is told once it is over, with where its time went', async () => {
    const told: SlowCall[] = []
    const profile = profiler({ slowMs: 100, onSlowCall: (slow) => told.push(slow) })
    const made = bench((clock) => [asked, profile, busyLayer('heavy', clock, { start: 10, event: 25, end: 1 })], {
      script: { headersMs: 40, text: 'Hi' },
    })
    await made.clock.runUntil(made.clock.sleep(500))
    await tryCall(made, { attributes: { tenant: 'acme' } })
    expect(told).toEqual([
      {
        id: expect.any(String),
        requestId: 'req_1',
        pipeline: 'chat',
        operation: 'chat',
        mode: 'stream',
        provider: 'fake',
        model: 'm',
        attributes: { tenant: 'acme' },
        ending: 'done',
        startedAtMs: Date.UTC(2026, 0, 1) + 500,
        tookMs: 126,
        thresholdMs: 100,
        times: expect.objectContaining({ wallMs: 126, providerMs: 40, consumerMs: 0, startedAt: 500, events: 3 }),
        slowestLayer: { pipeline: 'chat', layer: 'heavy', ms: 86, hook: 'event' },
      },
    ])
    expect(JSON.parse(JSON.stringify(told))).toEqual(told)
    expect(told[0]?.times.self.length).toBeGreaterThan(2)
    expect(told[0]?.times.spans.length).toBeGreaterThan(2)
  })

  test('is none below its threshold, nor by what its reader took', async () => {
    const told: SlowCall[] = []
    const profile = profiler({ slowMs: 100, onSlowCall: (slow) => told.push(slow) })
    const made = bench(() => [profile], {
      script: inTurn({ headersMs: 100, text: 'Hi' }, { headersMs: 101, text: 'Hi' }),
    })
    await made.read('m', () => made.clock.sleep(500))
    expect(told).toEqual([])
    await made.read()
    expect(told.map(({ tookMs, slowestLayer }) => [tookMs, slowestLayer])).toEqual([[101, undefined]])
  })

  test('has the threshold of who answered it', async () => {
    const told: SlowCall[] = []
    const slow: SlowThresholds = { providers: { fake: 50 }, models: { patient: 500 } }
    const profile = profiler({ slowMs: false, slow, onSlowCall: (call) => told.push(call) })
    const made = bench(() => [profile], { script: { headersMs: 80, text: 'Hi' } })
    for (const model of ['patient', 'other']) await made.read(model)
    expect(told.map(({ model, thresholdMs }) => [model, thresholdMs])).toEqual([['other', 50]])
  })

  test.each([
    ['failed', { headersMs: 80, failure: { status: 500 } }, {}],
    ['aborted', [{ text: 'a' }, { stall: true }], { deadlineMs: 80 }],
  ] as const)('may have %s', async (ending, script, options) => {
    const told: SlowCall[] = []
    const made = bench(() => [profiler({ slowMs: 50, onSlowCall: (call) => told.push(call) })], { script })
    await tryCall(made, options)
    expect(told).toMatchObject([{ ending, tookMs: 80 }])
  })

  test('is 30 seconds long where nothing is said', async () => {
    const told: number[] = []
    const script = inTurn({ headersMs: 30_000, text: 'Hi' }, { headersMs: 30_001, text: 'Hi' })
    const made = bench(() => [profiler({ onSlowCall: ({ tookMs }) => told.push(tookMs) })], { script })
    for (let call = 0; call < 2; call++) await made.read()
    expect(told).toEqual([30_001])
  })

  test('that was detached says so', async () => {
    const told: SlowCall[] = []
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
    const script = inTurn({ headersMs: 70, text: 'Hi' }, 'Hi')
    const made = bench(() => [profiler({ slowMs: 50, onSlowCall: (call) => told.push(call) }), refreshes], { script })
    await made.read()
    await made.clock.runUntil(made.clock.sleep(100))
    expect(told).toMatchObject([{ detached: 'refresh', tookMs: 70, ending: 'done' }])
  })

  test('leaves no timer behind', async () => {
    const made = bench(() => [profiler({ slowMs: 50, onSlowCall: () => undefined })], {
      script: { headersMs: 80, text: 'Hi' },
    })
    await made.read()
    expect(made.clock.timers).toBe(0)
  })
})

describe('a listener that', () => {
  const options = { slowMs: 0, keepCalls: 4 } as const
  const script = { headersMs: 5, text: 'Hi' }

  test('throws is a fault of the layer; the call and the profile go on', async () => {
    const profile = profiler({
      ...options,
      onSlowCall: () => {
        throw new Error('pager is down')
      },
    })
    const made = bench(() => [profile], { script })
    await made.read()
    await made.read()
    expect(made.faults).toHaveLength(2)
    expect(made.faults[0]).toMatchObject({ middleware: 'profiler', error: { message: 'pager is down' } })
    expect(profile.report({ json: true }).total.calls).toBe(2)
  })

  test('rejects, while report throws, hurts nobody either', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const report = () => {
      throw new Error('report is broken')
    }
    try {
      const made = bench(
        () => [profiler({ ...options, onSlowCall: () => Promise.reject(new Error('pager is down')), report })],
        { script },
      )
      await made.read()
      await turn()
      expect(error.mock.calls).toEqual([
        ['profiler: report failed, the calls went on: Error: report is broken (told once)'],
      ])
    } finally {
      error.mockRestore()
    }
  })

  test('rejects is told to report, or to the console once', async () => {
    const problems: ProfilerProblem[] = []
    const onSlowCall = () => Promise.reject(new TypeError('pager is down'))
    const told = bench(() => [profiler({ ...options, onSlowCall, report: (problem) => problems.push(problem) })], {
      script,
    })
    await told.read()
    await turn()
    expect(problems).toMatchObject([{ where: 'onSlowCall', error: { message: 'pager is down' } }])
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      const silent = bench(() => [profiler({ ...options, name: 'second', onSlowCall })], { script })
      for (let call = 0; call < 3; call++) await silent.read()
      await turn()
      expect(error.mock.calls).toEqual([
        ['second: onSlowCall failed, the calls went on: TypeError: pager is down (told once)'],
      ])
    } finally {
      error.mockRestore()
    }
  })
})

test('the slowest layer is that of all its hooks, in its pipeline', () => {
  const row = ([pipeline, layer]: readonly [string, string], hook: 'start' | 'event' | 'end', ms: number) => ({
    pipeline,
    layer,
    hook,
    ms,
    runs: 1,
  })
  expect(
    slowestLayerOf([
      row(['a', 'x'], 'start', 4),
      row(['a', 'y'], 'start', 3),
      row(['a', 'y'], 'event', 1),
      row(['a', 'y'], 'end', 2),
      row(['b', 'x'], 'event', 5),
    ]),
  ).toEqual({ pipeline: 'a', layer: 'y', ms: 6, hook: 'start' })
  expect(slowestLayerOf([row(['a', 'x'], 'start', 0)])).toBeUndefined()
  expect(slowestLayerOf([])).toBeUndefined()
})
