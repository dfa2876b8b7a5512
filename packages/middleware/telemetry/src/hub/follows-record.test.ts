import { type CallerOptions, logNote, middleware, pipeline } from '@cepa/core'
import { collect, fakeProvider, memoryExporter, outcomeOf, virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { group, type TelemetryOptions, telemetry } from '../index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const

/** Calls that fail where their label says so; the log has what was exported, in order. */
function bench(options: TelemetryOptions = {}, use: object = {}) {
  const clock = virtualClock()
  const exporter = memoryExporter()
  const watch = telemetry({ exporters: [{ exporter, ...use }], clock, ...options })
  const failing = middleware({
    name: 'failing',
    handle: (call, next) => (call.attributes.fails ? Promise.reject(new Error('no')) : next(call)),
  })
  const chat = pipeline({
    adapter: fakeProvider({ everyMs: 10, text: 'a b' }),
    layers: [watch, failing] as never,
    clock,
  })
  return {
    clock,
    exporter,
    watch,
    call: (caller: CallerOptions = {}) => clock.runUntil(outcomeOf(collect(chat(request, caller)))),
    flush: () => clock.runUntil(watch.flush()),
    group: (name: string) => group(name, { clock }),
  }
}

const fails = { attributes: { fails: 'yes' } }
const namesIn = ({ items }: ReturnType<typeof memoryExporter>): readonly string[] =>
  items.map((item) => (item.type === 'note' ? item.note.name : item.type))

const NOTES = ['call-start', 'attempt-start', 'first-token', 'attempt-end']

describe('notes go where the record of their call goes', () => {
  test('at once where nothing can drop that', async () => {
    const { clock, exporter, watch, call } = bench()
    const running = call()
    await clock.advance(5)
    expect(namesIn(exporter)).toEqual(['call-start', 'attempt-start'])
    await running
    await clock.runUntil(watch.flush())
    expect(namesIn(exporter)).toEqual([...NOTES, 'call'])
  })

  test.each([
    ['level', { level: 'off' }],
    ['level, one that has no notes', { level: 'calls' }, ['call']],
    ['filter', { filter: { 'attributes.fails': { exists: true } } }],
    ['ratio', { sample: { ratio: 0, keepErrors: false } }],
    ['ratio, with rules that would keep others', { sample: { ratio: 0 } }],
  ] as readonly [string, TelemetryOptions, string[]?][])(
    'not at all where it is dropped: by %s',
    async (_, options, told = []) => {
      const { exporter, watch, call, flush } = bench(options)
      await call()
      await flush()
      expect(namesIn(exporter)).toEqual(told)
      expect(watch.stats().exporters[0]?.lost).toEqual({})
    },
  )

  test.each([
    ['a filter', { filter: { 'attributes.fails': { exists: true } } }],
    ['a rule that keeps errors', { sample: { ratio: 0 } }],
    ['a limit of records per second', { sample: { recordsPerSecond: 1 } }],
  ] as readonly [string, TelemetryOptions][])('with it where it is kept in the end, by %s', async (_, options) => {
    const { exporter, call, flush } = bench(options)
    await call(fails)
    await flush()
    expect(namesIn(exporter)).toEqual(['call-start', 'call'])
  })

  test('also those of a call whose caller wants it kept', async () => {
    const { exporter, call, flush } = bench({ sample: { ratio: 0, keepErrors: false } })
    await call({ layers: { telemetry: { keep: true } } } as CallerOptions)
    await flush()
    expect(namesIn(exporter)).toEqual([...NOTES, 'call'])
  })

  test('not beyond the limit of records per second', async () => {
    const { exporter, call, flush } = bench({ sample: { recordsPerSecond: 1 } })
    await call()
    await call()
    await flush()
    expect(namesIn(exporter)).toEqual([...NOTES, 'call'])
  })

  test('to the exporters whose own filter lets it through', async () => {
    const { exporter, call, flush } = bench({}, { filter: { 'attributes.fails': 'yes' } })
    await call()
    await call(fails)
    await flush()
    expect(namesIn(exporter)).toEqual(['call-start', 'call'])
  })

  test('not where the record could not be redacted or filtered', async () => {
    const filter = () => {
      throw new Error('no')
    }
    const { exporter, call, flush } = bench({ filter, report: () => undefined })
    await call()
    await flush()
    expect(exporter.notes).toEqual([])
  })

  test('observers are told of all of them, when they come', async () => {
    const { exporter, watch, call, flush } = bench({ sample: { ratio: 0, keepErrors: false } })
    const seen: string[] = []
    watch.observe({ note: ({ name }) => seen.push(name) })
    await call()
    await flush()
    expect(seen).toEqual(NOTES)
    expect(exporter.items).toEqual([])
  })

  test('those that wait are bounded, and the rest is counted', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter({ limits: { maxQueueItems: 1e6, maxQueueBytes: 1e9 }, maxItems: 1e6 })
    const watch = telemetry({ exporters: [exporter], clock, sample: { ratio: 0 } })
    const chatty = middleware({
      name: 'chatty',
      async handle(call, next) {
        for (let round = 0; round < 6000; round++) call.emit(logNote, { level: 'info', message: 'word '.repeat(1000) })
        return next(call)
      },
    })
    const chat = pipeline({
      adapter: fakeProvider({ failure: { kind: 'server' } }),
      layers: [watch, chatty] as never,
      clock,
    })
    await clock.runUntil(outcomeOf(chat(request)))
    await clock.runUntil(watch.flush())
    const { overrun, exporters } = watch.stats()
    expect(exporter.records).toHaveLength(1)
    expect(exporter.notes.length).toBeGreaterThan(3000)
    expect(overrun).toBeGreaterThan(1000)
    expect(exporter.notes.length + overrun).toBe(6003)
    expect(exporters[0]?.lost).toEqual({ full: overrun })
  })
})

describe('groups go where their calls go', () => {
  test.each([
    ['level', { level: 'off' }],
    ['level, of which all is well', { level: 'errors' }],
    ['filter', { filter: { ending: 'failed' } }],
    ['ratio', { sample: { ratio: 0 } }],
  ] as readonly [string, TelemetryOptions][])('not at all where those are dropped: by %s', async (_, options) => {
    const { exporter, call, flush, group: begin } = bench(options)
    const run = begin('run')
    await call({ parent: run.group('step') })
    run.end()
    await flush()
    expect(exporter.items).toEqual([])
  })

  test.each([
    ['a level', { level: 'errors' }],
    ['a filter', { filter: { ending: 'failed' } }],
    ['a rule', { sample: { ratio: 0 } }],
  ] as readonly [string, TelemetryOptions][])('with the first that is kept, by %s', async (_, options) => {
    const { exporter, call, flush, group: begin } = bench(options)
    const run = begin('run')
    const [good, bad] = [run.group('good'), run.group('bad')]
    await call({ parent: good })
    await call({ ...fails, parent: bad })
    for (const each of [good, bad, run]) each.end()
    await flush()
    expect(exporter.groups.map(({ name }) => name)).toEqual(['bad', 'run'])
    expect(exporter.records).toHaveLength(1)
  })

  test('to the exporters whose own filter lets those through', async () => {
    const { exporter, call, flush, group: begin } = bench({}, { filter: { ending: 'failed' } })
    const [good, bad] = [begin('good'), begin('bad')]
    await call({ parent: good })
    await call({ ...fails, parent: bad })
    good.end()
    bad.end()
    await flush()
    expect(exporter.groups.map(({ name }) => name)).toEqual(['bad'])
  })

  test.each([
    ['off', {}, []],
    ['errors', {}, ['failed']],
    ['calls', {}, ['failed', 'still runs']],
    ['calls', { ratio: 0 }, ['failed']],
    ['calls', { ratio: 0, keepErrors: false }, []],
  ] as const)(
    'of themselves where they failed or a call still runs, at level %s, sampled by %o',
    async (level, sample, told) => {
      const { clock, exporter, call, flush, group: begin } = bench({ level, sample })
      const [failed, running] = [begin('failed'), begin('still runs')]
      const calls = [call({ parent: failed }), call({ parent: running })]
      await clock.advance(5)
      failed.end(new Error('gave up'))
      running.end()
      await flush()
      expect(exporter.groups.map(({ name }) => name)).toEqual(told)
      await Promise.all(calls)
    },
  )
})
