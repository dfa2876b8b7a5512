import { cacheFact, costFact, middleware, OptionError, pipeline, Reply, systemClock } from '@cepa/core'
import {
  collect,
  fakeProvider,
  inTurn,
  memoryExporter,
  outcomeOf,
  telemetryFindings,
  virtualClock,
} from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { group, telemetry } from '../index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

function bench(usd?: number) {
  const clock = virtualClock()
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [exporter], clock })
  const priced = middleware({
    name: 'priced',
    gives: [costFact],
    end(call) {
      if (usd !== undefined) call.give(costFact, { usd, attempts: [] })
    },
  })
  const script = inTurn(
    { everyMs: 10, text: 'a b', inputTokens: 5 },
    { failure: { kind: 'server' } },
    { text: 'c', inputTokens: 7 },
  )
  const chat = pipeline({ adapter: fakeProvider(script), layers: [watch, priced], clock })
  return { clock, exporter, watch, chat, flush: () => clock.runUntil(watch.flush()) }
}

describe('a group', () => {
  test('sums its calls, and they are one trace', async () => {
    const { clock, chat, exporter, flush } = bench(0.5)
    const run = group('agent', { clock, attributes: { user: 'u7' } })
    await clock.runUntil(collect(chat(request, { parent: run })))
    expect(run.sums()).toMatchObject({ calls: 1, openCalls: 0, costUsd: 0.5, inputTokens: 5, outputTokens: 2 })
    await clock.runUntil(outcomeOf(chat(request, { parent: run })))
    await clock.runUntil(collect(chat(request, { parent: run })))
    await clock.advance(80)
    const record = run.end()
    await flush()
    expect(record).toEqual({
      schema: 'cepa.group/1',
      id: run.id,
      name: 'agent',
      trace: { traceId: run.trace.traceId, spanId: run.trace.spanId, sampled: true },
      attributes: { user: 'u7' },
      startedAtMs: expect.any(Number),
      durationMs: 100,
      ending: 'done',
      groups: 0,
      calls: 3,
      openCalls: 0,
      endings: { done: 2, failed: 1 },
      attempts: 3,
      cacheHits: 0,
      inputTokens: 12,
      outputTokens: 3,
      costUsd: 1.5,
      knownCostUsd: 1.5,
    })
    expect(exporter.groups).toEqual([record])
    for (const call of exporter.records) {
      expect(call.groups).toEqual([{ id: run.id, name: 'agent' }])
      expect(call.trace).toMatchObject({ traceId: run.trace.traceId, parentSpanId: run.trace.spanId })
    }
    expect(telemetryFindings(exporter.items)).toEqual([])
    expect(run.end(new Error('late'))).toBe(record)
  })

  test('nests: calls of an inner one count in the outer one', async () => {
    const { clock, chat, exporter, flush } = bench()
    const outer = group('batch', { clock })
    const inner = outer.group('item', { attributes: { n: '1' } })
    const inmost = group('step', { parent: inner, clock })
    await clock.runUntil(collect(chat(request, { parent: inmost })))
    await clock.runUntil(outcomeOf(chat(request, { parent: outer })))
    for (const each of [inmost, inner, outer]) each.end()
    await flush()
    expect(exporter.groups.map(({ name, calls, groups, parentId }) => ({ name, calls, groups, parentId }))).toEqual([
      { name: 'step', calls: 1, groups: 0, parentId: inner.id },
      { name: 'item', calls: 1, groups: 1, parentId: outer.id },
      { name: 'batch', calls: 2, groups: 2, parentId: undefined },
    ])
    expect(exporter.records[0]?.groups?.map(({ name }) => name)).toEqual(['batch', 'item', 'step'])
    expect(inner.trace).toMatchObject({ traceId: outer.trace.traceId, parentSpanId: outer.trace.spanId })
    expect(telemetryFindings(exporter.items)).toEqual([])
  })

  test('says what it does not know: the cost of a call, calls that still run', async () => {
    const { clock, chat } = bench()
    const run = group('agent', { clock })
    const running = collect(chat(request, { parent: run }))
    await clock.advance(5)
    expect(run.sums()).toMatchObject({ calls: 0, openCalls: 1 })
    const early = run.end(new TypeError('gave up'))
    expect(early).toMatchObject({
      calls: 0,
      openCalls: 1,
      ending: 'failed',
      error: { name: 'TypeError', message: 'gave up' },
    })
    await clock.runUntil(running)
    expect(run.sums()).toMatchObject({ calls: 1, openCalls: 0, knownCostUsd: 0 })
    expect(run.sums().costUsd).toBeUndefined()
  })

  test('a hit costs nothing', async () => {
    const clock = virtualClock()
    const watch = telemetry({ clock })
    const cache = middleware({
      name: 'hits',
      gives: [cacheFact],
      async handle(call) {
        call.give(cacheFact, { outcome: 'hit' })
        return Reply.from([{ type: 'end', finish: 'stop', at: 0, usage: { inputTokens: 9, source: 'cache' } }])
      },
    })
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch, cache] as never, clock })
    const run = group('agent', { clock })
    await clock.runUntil(collect(chat(request, { parent: run })))
    expect(run.sums()).toMatchObject({ calls: 1, cacheHits: 1, attempts: 0, inputTokens: 0, costUsd: 0 })
  })

  test('stands in the trace of its caller, and keeps what that decided', async () => {
    const parent = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' }
    const { clock, chat, exporter, flush } = bench()
    const run = group('request', { parent, clock })
    expect(run.trace).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' })
    await clock.runUntil(collect(chat(request, { parent: run })))
    await flush()
    expect(exporter.last.trace?.sampled).toBe(false)
  })

  test('goes to every telemetry that has seen a call of it, once', async () => {
    const [one, two] = [bench(), bench()]
    const run = group('agent', { clock: one.clock })
    await one.clock.runUntil(collect(one.chat(request, { parent: run })))
    await two.clock.runUntil(collect(two.chat(request, { parent: run })))
    run.end()
    await one.flush()
    await two.flush()
    for (const { exporter } of [one, two]) expect(exporter.groups.map(({ calls }) => calls)).toEqual([2])
  })

  test('ends with its block', async () => {
    const { clock, chat, exporter, flush } = bench()
    {
      using run = group('block', { clock })
      await clock.runUntil(collect(chat(request, { parent: run })))
    }
    await flush()
    expect(exporter.groups).toHaveLength(1)
  })

  test.each([
    ['no name', () => group('')],
    ['a parent that is none', () => group('x', { parent: 5 })],
    ['labels that are none', () => group('x', { attributes: { a: 1 } as never })],
    ['an unknown option', () => group('x', { label: 1 } as never)],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(OptionError)
  })

  test('has the machine’s time by default', () => {
    const before = systemClock.epochMs()
    expect(group('x').end().startedAtMs).toBeGreaterThanOrEqual(before)
  })
})
