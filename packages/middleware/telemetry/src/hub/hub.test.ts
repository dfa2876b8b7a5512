import { type CallRecord, type Exporter, type ExportResult, pipeline, type TelemetryItem } from '@cepa/core'
import {
  collect,
  fakeProvider,
  type MemoryExporter,
  memoryExporter,
  type VirtualClock,
  virtualClock,
} from '@cepa/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Problem, type TelemetryOptions, telemetry } from '../index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const refused = (more: object = {}): ExportResult => ({ ok: false, error: new Error('503'), retry: true, ...more })

interface Bench {
  readonly clock: VirtualClock
  readonly watch: ReturnType<typeof telemetry>
  readonly problems: readonly Problem[]
  /** Makes so many calls, one after the other. */
  calls(count?: number): Promise<void>
}

function bench(exporters: TelemetryOptions['exporters'] & object, options: TelemetryOptions = {}): Bench {
  const clock = virtualClock()
  const problems: Problem[] = []
  const report = (problem: Problem) => void problems.push(problem)
  const watch = telemetry({ exporters, clock, level: 'calls', report, ...options })
  const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
  return {
    clock,
    watch,
    problems,
    async calls(count = 1) {
      for (let call = 0; call < count; call++) await clock.runUntil(collect(chat(request)))
    },
  }
}

const statsOf = ({ watch }: Bench, index = 0) => watch.stats().exporters[index]

describe('batches', () => {
  test('wait for others, but not for long', async () => {
    const exporter = memoryExporter({ limits: { delayMs: 1000 } })
    const { clock, calls } = bench([exporter])
    await calls(3)
    await clock.advance(900)
    expect(exporter.records).toEqual([])
    await clock.advance(200)
    expect(exporter.batches).toEqual([3])
  })

  test('go at once when they are full, by count and by bytes', async () => {
    const byCount = memoryExporter({ limits: { maxBatchItems: 2, delayMs: 60_000 } })
    const byBytes = memoryExporter({ name: 'bytes', limits: { maxBatchBytes: 1500, delayMs: 60_000 } })
    const { clock, calls } = bench([byCount, byBytes])
    await calls(5)
    await clock.advance(1)
    expect(byCount.batches).toEqual([2, 2, 1])
    expect(byBytes.records.length).toBe(5)
    expect(byBytes.batches.length).toBeGreaterThan(2)
  })

  test('one is under way at a time, and items stay in order', async () => {
    let running = 0
    let most = 0
    const seen: string[] = []
    const clock = virtualClock()
    const exporter: Exporter = {
      name: 'slow',
      limits: { delayMs: 0, maxBatchItems: 3 },
      async export(items) {
        running += 1
        most = Math.max(most, running)
        await new Promise<void>((resolve) => void clock.setTimer(50, resolve))
        for (const item of items) if (item.type === 'call') seen.push(item.record.attributes.n as string)
        running -= 1
        return { ok: true }
      },
    }
    const watch = telemetry({ exporters: [exporter], clock })
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
    for (let n = 0; n < 20; n++) await clock.runUntil(collect(chat(request, { attributes: { n: String(n) } })))
    await clock.runUntil(watch.flush())
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => String(n)))
    expect(most).toBe(1)
  })

  test('are given as the exporter likes it, or as its user says', async () => {
    const exporter = memoryExporter({ wants: ['call', 'note'], limits: { maxBatchItems: 1 } })
    const all = bench([{ exporter, wants: ['call'], limits: { maxBatchItems: 10, delayMs: 5 } }], { level: 'notes' })
    await all.calls(4)
    await all.clock.advance(10)
    expect(exporter.batches).toEqual([4])
    expect(exporter.notes).toEqual([])
  })
})

describe('tries again', () => {
  test('with growing waits, and gives the same batch', async () => {
    const exporter = memoryExporter()
    const all = bench([exporter])
    exporter.next(refused(), 3)
    await all.calls(2)
    await all.clock.advance(1)
    expect(statsOf(all)).toMatchObject({ delivered: 0, lastError: '503' })
    await all.clock.advance(10_000)
    expect(exporter.records).toHaveLength(2)
    expect(statsOf(all)).toMatchObject({ delivered: 2, retries: 3, lost: {}, waiting: 0 })
  })

  test('not before the destination allows it', async () => {
    const exporter = memoryExporter()
    const all = bench([exporter])
    exporter.next(refused({ retryAfterMs: 5000 }))
    await all.calls()
    await all.clock.advance(4990)
    expect(exporter.records).toHaveLength(0)
    await all.clock.advance(20)
    expect(exporter.records).toHaveLength(1)
  })

  test('not for what would be in vain, and not for ever', async () => {
    const exporter = memoryExporter({ limits: { retries: 2 } })
    const all = bench([exporter])
    exporter.next({ ok: false, error: new Error('401'), retry: false })
    await all.calls()
    await all.clock.advance(1)
    expect(statsOf(all)).toMatchObject({ retries: 0, lost: { failed: 1 } })
    exporter.next(refused(), 3)
    await all.calls()
    await all.clock.advance(100_000)
    expect(statsOf(all)).toMatchObject({ retries: 2, lost: { failed: 2 }, delivered: 0 })
    await all.calls()
    await all.clock.advance(1)
    expect(exporter.records).toHaveLength(1)
  })

  test('for what throws, rejects, or answers nothing', async () => {
    const results: (() => unknown)[] = [
      () => {
        throw new TypeError('boom')
      },
      () => Promise.reject(new Error('no')),
      () => Promise.reject('text'),
      () => ({ ok: true }),
    ]
    let tries = 0
    const seen: TelemetryItem[] = []
    const exporter: Exporter = {
      name: 'moody',
      limits: { delayMs: 0 },
      export(items) {
        const result = results[tries++]?.() as ExportResult
        if (tries === 4) seen.push(...items)
        return result
      },
    }
    const all = bench([exporter])
    await all.calls()
    await all.clock.advance(60_000)
    expect(tries).toBe(4)
    expect(seen).toHaveLength(1)
    const silent: Exporter = { name: 'silent', limits: { delayMs: 0 }, export: () => undefined as never }
    const other = bench([silent])
    await other.calls()
    await other.clock.advance(60_000)
    expect(statsOf(other)).toMatchObject({
      lost: { failed: 1 },
      lastError: expect.stringContaining('returned no result'),
    })
  })
})

describe('one slow or broken exporter', () => {
  /** Exporters that break in every way that there is. */
  const broken = (): Exporter[] => [
    { name: 'hangs', export: () => new Promise<never>(() => undefined) },
    {
      name: 'throws',
      export() {
        throw new Error('always')
      },
      flush() {
        throw new Error('also')
      },
      close: () => Promise.reject(new Error('and this')),
    },
    { name: 'changes', export: (items) => Object.assign(items[0] as object, { type: 'x' }) as never },
    { name: 'is slow to flush', export: () => ({ ok: true }), flush: () => new Promise(() => undefined) },
    { name: 'empties', export: (items) => (items as TelemetryItem[]).splice(0) as never },
  ]

  test('touches neither the call nor the others', async () => {
    const good = memoryExporter()
    const all = bench([...broken(), good])
    await all.calls(10)
    await all.clock.advance(2000)
    expect(good.records).toHaveLength(10)
    expect(all.watch.stats().records).toBe(10)
  })

  test('is given up after its time, and told by its signal', async () => {
    const signals: boolean[] = []
    const exporter: Exporter = {
      name: 'deaf',
      limits: { delayMs: 0, timeoutMs: 500, retries: 1 },
      export: (_items, { signal, attempt }) =>
        new Promise(() => signal.addEventListener('abort', () => signals.push(signal.aborted && attempt > 0))),
    }
    const all = bench([exporter])
    await all.calls()
    await all.clock.advance(400)
    expect(signals).toEqual([])
    await all.clock.advance(5000)
    expect(signals).toEqual([true, true])
    expect(statsOf(all)).toMatchObject({ lost: { failed: 1 }, lastError: 'exporter deaf did not answer within 500 ms' })
  })

  test('is told of once, until it works again', async () => {
    const exporter = memoryExporter({ limits: { retries: 0 } })
    const all = bench([exporter])
    exporter.next(refused(), 3)
    for (let call = 0; call < 3; call++) {
      await all.calls()
      await all.clock.advance(10)
    }
    expect(all.problems).toEqual([{ where: 'exporter memory', error: new Error('503') }])
    await all.calls()
    await all.clock.advance(10)
    exporter.next(refused())
    await all.calls()
    await all.clock.advance(10)
    expect(all.problems).toHaveLength(2)
  })

  test('holds no more than its queue, and counts the rest', async () => {
    const exporter = memoryExporter({ limits: { maxQueueItems: 5, maxBatchItems: 2, timeoutMs: 1000, retries: 0 } })
    const all = bench([exporter])
    exporter.next('hang')
    await all.calls(20)
    await all.clock.advance(500)
    // two are under way, five wait
    expect(statsOf(all)).toMatchObject({ waiting: 5, lost: { full: 13 } })
    await all.clock.advance(1000)
    expect(statsOf(all)).toMatchObject({ waiting: 0, delivered: 5, lost: { full: 13, failed: 2 } })
    expect(exporter.losses).toEqual([
      { schema: 'cepa.loss/1', sinceMs: expect.any(Number), atMs: expect.any(Number), lost: { full: 13, failed: 2 } },
    ])
  })

  test('holds no more bytes than its queue may', async () => {
    const exporter = memoryExporter({ limits: { maxQueueBytes: 4000, timeoutMs: 60_000, maxBatchItems: 1 } })
    const all = bench([exporter])
    exporter.next('hang')
    await all.calls(20)
    await all.clock.advance(500)
    const stats = statsOf(all)
    expect(stats?.waitingBytes).toBeLessThanOrEqual(4000)
    expect(stats?.waitingBytes).toBeGreaterThan(2000)
    expect((stats?.lost.full ?? 0) + (stats?.waiting ?? 0)).toBe(19)
  })

  test('counts what its destination refuses', async () => {
    const exporter = memoryExporter()
    const all = bench([exporter])
    exporter.next({ ok: true, rejected: 2 })
    await all.calls(3)
    await all.clock.advance(10)
    expect(statsOf(all)).toMatchObject({ delivered: 1, lost: { rejected: 2 } })
    expect(exporter.losses[0]?.lost).toEqual({ rejected: 2 })
  })
})

describe('flush and close', () => {
  test('bring everything out, whatever waits', async () => {
    const exporter = memoryExporter({ limits: { delayMs: 60_000 } })
    const all = bench([exporter])
    await all.calls(3)
    expect(await all.clock.runUntil(all.watch.flush())).toBe(true)
    expect(exporter.records).toHaveLength(3)
    expect(exporter.flushes).toBe(1)
    exporter.next(refused({ retryAfterMs: 60_000 }))
    await all.calls()
    await all.clock.advance(60_000)
    // it waits for its next try; flush does not
    const startedAt = all.clock.now()
    expect(await all.clock.runUntil(all.watch.flush())).toBe(true)
    expect(all.clock.now() - startedAt).toBeLessThan(100)
    expect(exporter.records).toHaveLength(4)
  })

  test('keep their deadline, and never throw', async () => {
    const exporter = memoryExporter({ limits: { timeoutMs: 60_000 } })
    const all = bench([exporter])
    exporter.next('hang')
    await all.calls(2)
    const startedAt = all.clock.now()
    expect(await all.clock.runUntil(all.watch.flush({ deadlineMs: 300 }))).toBe(false)
    expect(all.clock.now() - startedAt).toBe(300)
    await all.calls()
    expect(await all.clock.runUntil(all.watch.close({ deadlineMs: 200 }))).toBe(false)
    expect(statsOf(all)).toMatchObject({ waiting: 0, lost: { closed: 3 } })
    expect(exporter.closes).toBe(1)
    expect(all.clock.pending).toEqual([])
  })

  test('close delivers, closes once, and counts what comes later', async () => {
    const exporter = memoryExporter({ limits: { delayMs: 60_000 } })
    const all = bench([exporter])
    await all.calls(2)
    const first = all.watch.close()
    expect(all.watch.close()).not.toBe(undefined)
    expect(await all.clock.runUntil(first)).toBe(true)
    expect(exporter.records).toHaveLength(2)
    expect(exporter.closes).toBe(1)
    await all.calls()
    await all.clock.advance(10)
    expect(statsOf(all)).toMatchObject({ delivered: 2, lost: { closed: 1 } })
    expect(all.clock.pending).toEqual([])
  })

  test('the last pipeline that closes releases the exporters', async () => {
    const clock = virtualClock()
    const exporter = memoryExporter({ limits: { delayMs: 60_000 } })
    const watch = telemetry({ exporters: [exporter], clock })
    const [one, two] = [1, 2].map(() => pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock }))
    await clock.runUntil(collect((one as NonNullable<typeof one>)(request)))
    await clock.runUntil((one as NonNullable<typeof one>).close())
    expect([exporter.records.length, exporter.closes]).toEqual([1, 0])
    await clock.runUntil(collect((two as NonNullable<typeof two>)(request)))
    await clock.runUntil((two as NonNullable<typeof two>).close())
    expect([exporter.records.length, exporter.closes]).toEqual([2, 1])
  })

  test('waitUntil is told of every call, and its promise means delivered', async () => {
    const exporter = memoryExporter({ limits: { delayMs: 60_000 } })
    const clock = virtualClock()
    const promises: Promise<unknown>[] = []
    const watch = telemetry({ exporters: [exporter], clock, waitUntil: (work) => void promises.push(work) })
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
    await clock.runUntil(collect(chat(request)))
    expect(exporter.records).toHaveLength(0)
    expect(promises).toHaveLength(1)
    await clock.runUntil(promises[0] as Promise<unknown>)
    expect(exporter.records).toHaveLength(1)
    const own: Promise<unknown>[] = []
    const waitUntil = (work: Promise<unknown>) => void own.push(work)
    await clock.runUntil(collect(chat(request, { layers: { telemetry: { waitUntil } } })))
    expect([promises.length, own.length]).toEqual([1, 1])
  })
})

describe('nothing of it happens within the call', () => {
  test('the record is made in a later task', async () => {
    const log: string[] = []
    const exporter: Exporter = {
      name: 'log',
      limits: { delayMs: 0 },
      export() {
        log.push('export')
        return { ok: true }
      },
    }
    const all = bench([exporter], { filter: () => Boolean(log.push('filter')) })
    all.watch.onRecord(() => log.push('observer'))
    await all.calls()
    log.push('the caller goes on')
    await all.clock.advance(10)
    expect(log).toEqual(['the caller goes on', 'observer', 'filter', 'export'])
  })
})

describe('on the console', () => {
  afterEach(() => vi.restoreAllMocks())

  test('a failing exporter is told of once, without its secrets', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(line))
    const clock = virtualClock()
    const exporter = memoryExporter({ limits: { retries: 0 } })
    const watch = telemetry({ exporters: [exporter], clock })
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
    exporter.next({ ok: false, error: new Error('401 for key sk-proj-abcdefgh'), retry: false }, 5)
    for (let call = 0; call < 5; call++) {
      await clock.runUntil(collect(chat(request)))
      await clock.advance(10)
    }
    expect(lines).toEqual(['telemetry: exporter memory failed, the calls went on: Error: 401 for key [redacted]'])
  })
})

const records = (exporter: MemoryExporter): readonly CallRecord[] => exporter.records

describe('what is told changes while calls run', () => {
  test('from the next call on', async () => {
    const exporter = memoryExporter()
    const clock = virtualClock()
    const watch = telemetry({ exporters: [exporter], clock })
    const slow = pipeline({ adapter: fakeProvider({ everyMs: 100, text: 'a b' }), layers: [watch], clock })
    const running = collect(slow(request))
    await clock.advance(50)
    watch.update({ level: 'off' })
    await clock.runUntil(running)
    await clock.runUntil(collect(slow(request)))
    watch.update({ level: 'calls', filter: { 'attributes.keep': 'yes' } })
    await clock.runUntil(collect(slow(request)))
    await clock.runUntil(collect(slow(request, { attributes: { keep: 'yes' } })))
    watch.update({ filter: null, ratio: 0 })
    await clock.runUntil(collect(slow(request)))
    await clock.runUntil(collect(slow(request, { layers: { telemetry: { keep: true } } })))
    watch.update({ capture: 'answer', ratio: 1 })
    await clock.runUntil(collect(slow(request)))
    await clock.runUntil(watch.flush())
    expect(
      records(exporter).map(({ attributes, sampling, content }) => ({ ...attributes, sampling, content })),
    ).toEqual([
      { sampling: undefined, content: undefined },
      { keep: 'yes', sampling: undefined, content: undefined },
      { sampling: { reason: 'call', weight: 1 }, content: undefined },
      { sampling: undefined, content: { answers: [{ text: 'a b' }] } },
    ])
    expect(watch.stats()).toMatchObject({ inFlight: 0, records: 7, kept: 4, filtered: 2, sampledOut: 1 })
    expect(() => watch.update({ ratio: 5 })).toThrow('telemetry.update: option ratio is 5')
    expect(() => watch.update({ capture: 'hashes' })).toThrow('hashKey')
  })

  test('an exporter may have a filter of its own', async () => {
    const [all, failed] = [memoryExporter(), memoryExporter({ name: 'failed' })]
    const broken = memoryExporter({ name: 'broken' })
    const filter = () => {
      throw new Error('no')
    }
    const own = bench([all, { exporter: failed, filter: { ending: 'failed' } }, { exporter: broken, filter }])
    await own.calls(2)
    await own.clock.advance(10)
    expect([all.records.length, failed.records.length, broken.records.length]).toEqual([2, 0, 0])
    expect(statsOf(own, 2)?.lost).toEqual({ withheld: 2 })
  })

  test('a filter that throws lets nothing through, and is told of', async () => {
    const exporter = memoryExporter()
    const filter = () => {
      throw new Error('no')
    }
    const all = bench([exporter], { filter })
    await all.calls(2)
    await all.clock.advance(10)
    expect(exporter.records).toEqual([])
    expect(all.watch.stats()).toMatchObject({ withheld: 2, records: 2 })
    expect(all.problems[0]?.error.message).toBe('no')
  })
})

describe('observers', () => {
  test('see calls begin and end, and every record before level, filter and sample', async () => {
    const clock = virtualClock()
    const log: unknown[] = []
    const watch = telemetry({ clock, level: 'off', filter: () => false, sample: { ratio: 0 } })
    const stop = watch.observe({
      start: ({ model, provider, attributes }) =>
        log.push(['start', model, provider, attributes, watch.stats().inFlight]),
      end: ({ model }) => log.push(['end', model, watch.stats().inFlight]),
      record: ({ model, ending }) => log.push(['record', model, ending]),
      note: ({ name }) => log.push(['note', name]),
    })
    const failed: string[] = []
    watch.subscribe({ ending: 'failed' }, ({ id }) => failed.push(id))
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
    const attributes = { tenant: 'acme', key: 'sk-proj-abcdefgh' }
    await clock.runUntil(collect(chat(request, { attributes })))
    await clock.advance(5)
    expect(log).toEqual([
      ['start', 'm', 'fake', { tenant: 'acme', key: '[redacted]' }, 1],
      ['end', 'm', 0],
      ['note', 'call-start'],
      ['note', 'attempt-start'],
      ['note', 'first-token'],
      ['note', 'attempt-end'],
      ['record', 'm', 'done'],
    ])
    expect(failed).toEqual([])
    stop()
    stop()
    await clock.runUntil(collect(chat(request)))
    await clock.advance(5)
    expect(log).toHaveLength(7)
  })

  test('that throw touch neither the call nor the others', async () => {
    const exporter = memoryExporter()
    const all = bench([exporter])
    const seen: string[] = []
    const boom = () => {
      throw new Error('boom')
    }
    all.watch.observe({ start: boom, end: boom, record: boom })
    all.watch.observe({ record: (async () => boom()) as never })
    all.watch.observe({ record: (record) => void Object.assign(record, { model: 'x' }) })
    all.watch.onRecord(({ model }) => seen.push(model))
    await all.calls()
    await all.clock.advance(5)
    expect(seen).toEqual(['m'])
    expect(exporter.last.model).toBe('m')
    expect(exporter.last.faults).toBeUndefined()
    expect(new Set(all.problems.map(({ where }) => where))).toEqual(
      new Set(['observer.start', 'observer.end', 'observer.record']),
    )
  })
})
