import type { CallRecord, MetricDimension, MetricSpread } from '@cepa/core'
import { virtualClock } from '@cepa/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, attemptOf, errorOf, recordOf } from '../../test/random-records.ts'
import type { CallInFlight } from '../listeners.ts'
import { DURATION_BOUNDS } from './bounds.ts'
import { CallMetrics } from './call-metrics.ts'
import type { MetricsOptions } from './metrics-options.ts'

const made = (options: MetricsOptions = {}) => new CallMetrics(options, virtualClock())

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const known = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined)

/** A ledger that keeps every value: what a spread must say. */
function expectSpread(spread: MetricSpread | undefined, values: readonly number[]): void {
  if (values.length === 0) {
    expect(spread).toBeUndefined()
    return
  }
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
  expect(spread).toMatchObject({ count: values.length, min: sorted[0], max: sorted.at(-1) })
  expect(spread?.sum).toBeCloseTo(sum(values), 3)
  for (const [name, share] of [
    ['p50', 0.5],
    ['p90', 0.9],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    expect(Math.abs((spread?.[name] ?? Number.NaN) - at(share))).toBeLessThanOrEqual(at(share) * 0.01 + 1e-9)
  }
}

test('it agrees with a ledger of every call, in total and by any dimension', () => {
  const query = fc.constantFrom<readonly MetricDimension[]>(
    [],
    ['provider'],
    ['model', 'ending'],
    ['attributes.tenant'],
    ['operation', 'provider', 'model', 'ending', 'attributes.tenant'],
  )
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 60 }), query, (records, by) => {
      const metrics = made({ attributes: ['tenant'] })
      for (const record of records) metrics.record(record)
      const { total, rows } = metrics.snapshot({ by, buckets: true })
      const groups = Map.groupBy(records, (record) => JSON.stringify(labelsOf(record, by)))
      expect(rows.map(({ labels }) => JSON.stringify(labels))).toEqual(by.length === 0 ? ['{}'] : [...groups.keys()])
      for (const row of [total, ...rows]) {
        const theirs = row === total ? records : (groups.get(JSON.stringify(row.labels)) ?? [])
        expect(row.calls).toBe(theirs.length)
        expect(row.attempts).toBe(sum(theirs.map(({ attempts }) => attempts.length)))
        expect(row.retries).toBe(sum(theirs.map(({ attempts }) => Math.max(0, attempts.length - 1))))
        expect(sum(Object.values(row.endings))).toBe(theirs.length)
        expectSpread(
          row.durationMs,
          theirs.map(({ durations }) => durations.totalMs),
        )
        expectSpread(row.firstTokenMs, known(theirs.map(({ durations }) => durations.firstTokenMs)))
        expectSpread(row.inputTokens, known(theirs.map(({ spent }) => spent?.inputTokens)))
        expectSpread(row.costUsd, known(theirs.map(({ cost }) => cost?.usd)))
        const sent = known(theirs.map(({ bytesSent }) => bytesSent))
        expect(row.bytesSent).toBe(sent.length === 0 ? undefined : sum(sent))
        const buckets = DURATION_BOUNDS.map((le) => ({
          le,
          count: theirs.filter(({ durations }) => durations.totalMs <= le).length,
        }))
        if (theirs.length > 0) expect(row.durationMs?.buckets).toEqual(buckets)
      }
    }),
    { numRuns: 150 },
  )
})

function labelsOf(record: CallRecord, by: readonly MetricDimension[]): Record<string, string> {
  const { tenant } = record.attributes
  const values: Record<string, string | undefined> = { ...record, 'attributes.tenant': tenant } as never
  return Object.fromEntries(by.flatMap((each) => (values[each] === undefined ? [] : [[each, values[each]]])))
}

test('errors are what failed and what missed a deadline, in few words', () => {
  const metrics = made()
  const failed = (error: CallRecord['error']) => metrics.record(recordOf({ ending: 'failed', error: error as never }))
  failed(errorOf('rate-limit', { status: 429 }))
  failed(errorOf('rate-limit'))
  failed({ name: 'TypeError', message: 'x is no function', code: 'ECONNWHATEVER' })
  failed({ name: 'CacheMissError', message: 'not there', code: 'CEPA_CACHE_MISS' })
  metrics.record(recordOf({ ending: 'aborted', error: errorOf('timeout', { code: 'CEPA_TIMEOUT', setBy: 'caller' }) }))
  metrics.record(recordOf({ ending: 'aborted', error: { name: 'AbortError', message: '', code: 'CEPA_ABORTED' } }))
  metrics.record(recordOf({ ending: 'abandoned' }))
  const { total } = metrics.snapshot()
  expect(total.errors).toEqual({ 'rate-limit': 2, internal: 1, 'cache-miss': 1, timeout: 1 })
  expect(total.endings).toEqual({ failed: 4, aborted: 2, abandoned: 1 })
})

test('attempts stand under the provider that was asked, calls under the one that answered', () => {
  const metrics = made()
  const attempts = [
    attemptOf({ provider: 'openai', ending: 'failed', error: errorOf('overloaded'), won: false, durationMs: 20 }),
    attemptOf({ index: 1, provider: 'anthropic', model: 'claude', durationMs: 400 }),
  ]
  metrics.record(recordOf({ provider: 'anthropic', model: 'claude', attempts }))
  const { rows, attempts: tries } = metrics.snapshot({ by: ['provider'] })
  expect(rows).toMatchObject([{ labels: { provider: 'anthropic' }, calls: 1, attempts: 2, retries: 1, errors: {} }])
  expect(tries).toMatchObject([
    { labels: { provider: 'openai' }, attempts: 1, errors: { overloaded: 1 }, durationMs: { sum: 20 } },
    { labels: { provider: 'anthropic' }, attempts: 1, errors: {}, durationMs: { sum: 400 } },
  ])
})

test('what is known of no call is absent, and what could not be counted is counted', () => {
  const metrics = made()
  metrics.record(recordOf())
  expect(metrics.snapshot().total).toEqual({
    labels: {},
    calls: 1,
    endings: { done: 1 },
    errors: {},
    cacheOutcomes: {},
    detachedCalls: 0,
    attempts: 1,
    retries: 0,
    faults: 0,
    unmeteredCalls: 1,
    unpricedCalls: 0,
    durationMs: expect.objectContaining({ sum: 100 }),
    providerMs: expect.objectContaining({ sum: 90 }),
    consumerMs: 10,
  })
  const refused = attemptOf({ ending: 'failed', status: 401, error: errorOf('auth') })
  metrics.record(recordOf({ ending: 'failed', attempts: [refused], error: errorOf('auth') }))
  metrics.record(recordOf({ attempts: [], cache: { outcome: 'hit' } }))
  metrics.record(
    recordOf({ spent: { inputTokens: 4, source: 'estimate' }, cost: { unknown: 'no price', attempts: [] } }),
  )
  expect(metrics.snapshot().total).toMatchObject({ unmeteredCalls: 1, unpricedCalls: 1 })
})

test('a cache shows its share of the lookups and what it saved', () => {
  const metrics = made()
  const saved = { inputTokens: 10, outputTokens: 20, source: 'cache' } as const
  metrics.record(recordOf({ attempts: [], cache: { outcome: 'hit', saved, savedUsd: 0.5, savedMs: 700 } }))
  metrics.record(recordOf({ attempts: [], cache: { outcome: 'joined' } }))
  for (const outcome of ['miss', 'error', 'bypass', 'refresh'] as const)
    metrics.record(recordOf({ cache: { outcome } }))
  expect(metrics.snapshot().total).toMatchObject({
    cacheOutcomes: { hit: 1, joined: 1, miss: 1, error: 1, bypass: 1, refresh: 1 },
    cacheHitRatio: 0.5,
    savedInputTokens: 10,
    savedOutputTokens: 20,
    savedUsd: 0.5,
    savedMs: 700,
  })
})

const running = (said: Partial<CallInFlight> = {}): CallInFlight => ({
  id: 'c',
  requestId: 'r',
  pipeline: 'chat',
  operation: 'chat',
  mode: 'stream',
  provider: 'openai',
  model: 'gpt',
  attributes: {},
  startedAtMs: 0,
  ...said,
})

test('calls in flight go up and down by what was known when they began', () => {
  const metrics = made()
  expect(metrics.snapshot().inFlight).toEqual([{ labels: {}, calls: 0 }])
  const [first, second, third] = [running(), running(), running({ model: 'claude' })]
  for (const call of [first, second, third]) metrics.start(call)
  metrics.end(second)
  expect(metrics.snapshot({ by: ['model', 'ending'] }).inFlight).toEqual([
    { labels: { model: 'gpt' }, calls: 1 },
    { labels: { model: 'claude' }, calls: 1 },
  ])
  metrics.reset()
  for (const call of [first, third]) metrics.end(call)
  metrics.end(third)
  expect(metrics.snapshot().inFlight).toEqual([{ labels: {}, calls: 0 }])
})

test('a million values of a label are the first hundred and other, and nothing is left uncounted', () => {
  const metrics = made({ attributes: ['tenant'], maxValues: 10 })
  for (let at = 0; at < 1000; at++) metrics.record(recordOf({ attributes: { tenant: `t-${at}` } }))
  const { rows, total, overflow } = metrics.snapshot({ by: ['attributes.tenant'] })
  expect(rows).toHaveLength(11)
  expect(rows.at(-1)).toMatchObject({ labels: { 'attributes.tenant': 'other' }, calls: 990 })
  expect(sum(rows.map(({ calls }) => calls))).toBe(1000)
  expect(total.calls).toBe(1000)
  expect(overflow).toEqual({ 'attributes.tenant': 990 })
})

test('too many combinations give up the labels first, then the models; the ending stays', () => {
  const metrics = made({ attributes: ['tenant'], maxSeries: 10 })
  for (let at = 0; at < 2000; at++) {
    const ending = at % 3 === 0 ? 'abandoned' : 'done'
    metrics.record(recordOf({ model: `m-${at % 40}`, attributes: { tenant: `t-${at % 50}` }, ending }))
  }
  const { rows, overflow } = metrics.snapshot({ by: ['provider', 'model', 'ending', 'attributes.tenant'] })
  expect(rows.length).toBeLessThanOrEqual(2 * 10 + 2)
  expect(rows.filter(({ labels }) => labels['attributes.tenant'] !== 'other')).toHaveLength(10)
  expect(rows.filter(({ labels }) => labels.model !== 'other' && labels['attributes.tenant'] === 'other')).toHaveLength(
    10,
  )
  const byEnding = metrics.snapshot({ by: ['ending'] }).rows.map(({ labels, calls }) => [labels.ending, calls])
  expect(byEnding).toEqual([
    ['abandoned', 667],
    ['done', 1333],
  ])
  expect(overflow).toHaveProperty('model')
  expect(overflow).toHaveProperty(['attributes.tenant'])
})

test('a long value is cut, and a label that a call does not have is left out', () => {
  const metrics = made({ attributes: ['tenant', 'toString'] })
  metrics.record(recordOf({ attributes: { tenant: 'x'.repeat(5000) } }))
  metrics.record(recordOf({ model: 'second' }))
  const [first, second] = metrics.snapshot({ by: ['attributes.tenant', 'attributes.toString'] }).rows
  expect(first?.labels['attributes.tenant']).toBe(`${'x'.repeat(125)}…`)
  expect(second?.labels).toEqual({})
})

test('a reader tells what came since it was last read, and a reset forgets; neither touches the other', async () => {
  const clock = virtualClock()
  const metrics = new CallMetrics({}, clock)
  metrics.record(recordOf())
  const reader = metrics.reader({ by: ['model'] })
  await clock.advance(1000)
  metrics.record(recordOf({ durations: { totalMs: 5, providerMs: 5, consumerMs: 0 } }))
  metrics.reset()
  metrics.record(recordOf())
  const first = reader.read()
  expect(first).toMatchObject({
    total: { calls: 2, durationMs: { min: 5, max: 100 } },
    rows: [{ labels: { model: 'gpt' } }],
  })
  expect(first.atMs - first.sinceMs).toBe(1000)
  expect(reader.read()).toMatchObject({ sinceMs: first.atMs, total: { calls: 0 }, rows: [] })
  expect(metrics.snapshot()).toMatchObject({ sinceMs: first.atMs, total: { calls: 1 } })
  reader.close()
  metrics.record(recordOf())
  expect(reader.read().total.calls).toBe(0)
})

test('a snapshot is a copy of plain data', () => {
  const metrics = made()
  metrics.record(recordOf())
  const snapshot = metrics.snapshot({ by: ['provider'] })
  const before = structuredClone(snapshot)
  metrics.record(recordOf())
  expect(snapshot).toEqual(before)
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
})

test('what is not kept cannot be asked for', () => {
  const metrics = made({ dimensions: ['provider'], attributes: ['tenant'] })
  expect(metrics.dimensions).toEqual(['provider', 'attributes.tenant'])
  expect(() => metrics.snapshot({ by: ['model'] })).toThrow(
    'telemetry.metrics: option by is "model"; it must be a list of dimensions that are kept: provider, attributes.tenant',
  )
  expect(() => metrics.reader({ by: 'provider' as never })).toThrow(/by is "provider"/)
})
