import { OptionError } from '@cepa/core'
import { virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { errorOf, recordOf } from '../../test/random-records.ts'
import type { Problem } from '../problem.ts'
import { type AlertEvent, watchAlert } from './alert.ts'
import type { AlertRule } from './alert-rule.ts'

function watched(rule: AlertRule, listener?: (event: AlertEvent) => unknown) {
  const clock = virtualClock()
  const events: AlertEvent[] = []
  const problems: Problem[] = []
  const { alert, observer } = watchAlert(rule, listener ?? ((event) => events.push(event)), {
    clock,
    report: (problem) => problems.push(problem),
  })
  const take = (...records: ReturnType<typeof recordOf>[]) => {
    for (const record of records) observer.record?.(record)
  }
  return { clock, events, problems, alert, take }
}

const good = recordOf()
const bad = recordOf({ ending: 'failed', error: errorOf('server') })
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const lasting = (totalMs: number) => recordOf({ durations: { totalMs, providerMs: totalMs, consumerMs: 0 } })

test('it fires once when the limit is passed, and resolves once when the window is well again', async () => {
  const { clock, events, alert, take } = watched({ name: 'errors', metric: 'errorRate', above: 0.5, windowMs: 60_000 })
  take(...times(10, good), ...times(10, bad))
  expect(events).toEqual([])
  take(bad, bad, bad)
  expect(alert.isFiring).toBe(true)
  expect(alert.value()).toBeCloseTo(13 / 23)
  await clock.advance(30_000)
  take(...times(8, good))
  expect(events).toHaveLength(1)
  // between where it fires and where it resolves it goes on
  expect(alert.isFiring).toBe(true)
  await clock.advance(29_000)
  expect(alert.isFiring).toBe(true)
  await clock.advance(1000)
  expect(events).toEqual([
    {
      type: 'fired',
      name: 'errors',
      metric: 'errorRate',
      value: 11 / 21,
      limit: 0.5,
      calls: 21,
      windowMs: 60_000,
      atMs: clock.epochMs() - 60_000,
      firedAtMs: clock.epochMs() - 60_000,
    },
    expect.objectContaining({ type: 'resolved', value: 0, limit: 0.4, calls: 8, atMs: clock.epochMs() }),
  ])
  expect(alert.isFiring).toBe(false)
})

test('it waits for enough calls, and resolves when there are none any more', async () => {
  const { clock, events, take } = watched({
    name: 'errors',
    metric: 'errorRate',
    above: 0.1,
    minCalls: 3,
    windowMs: 60_000,
  })
  take(bad, bad)
  expect(events).toEqual([])
  take(bad)
  await clock.advance(61_000)
  expect(events.map(({ type, calls }) => [type, calls])).toEqual([
    ['fired', 3],
    ['resolved', 0],
  ])
  expect(events[1]).not.toHaveProperty('value')
  expect(clock.pending).toEqual([])
})

test('its timer keeps no process alive, and is gone with it', () => {
  const { clock, events, alert, take } = watched({ name: 'errors', metric: 'errorRate', above: 0.1, minCalls: 1 })
  take(good)
  expect(clock.pending).toEqual([{ dueAt: 5000, delayMs: 5000, background: true }])
  alert.stop()
  expect(clock.pending).toEqual([])
  take(good)
  expect(clock.pending).toEqual([])
  expect(events).toEqual([])
})

test('a quantile that is told is on the side of the limit that the true one is on', () => {
  const rule = { name: 'slow', metric: 'durationMs', above: 5000, minCalls: 1, quantile: 0.5 } as const
  const { events, take } = watched(rule)
  take(lasting(5000))
  expect(events).toEqual([])
  take(lasting(5000.001), lasting(5000.001))
  expect(events).toHaveLength(1)
  expect(events[0]?.value).toBeGreaterThanOrEqual(5000)
  expect(events[0]?.value).toBeLessThan(5051)
})

test('spend is over the whole window, whatever part of it has passed', () => {
  const { alert, events, take } = watched({ name: 'spend', metric: 'usdPerMinute', above: 0.2, windowMs: 300_000 })
  const costly = recordOf({ cost: { usd: 0.5, attempts: [] } })
  take(costly, costly)
  expect([alert.value(), events.length]).toEqual([0.2, 0])
  take(costly)
  expect(events).toMatchObject([{ type: 'fired', value: 0.3, calls: 3 }])
})

test('the hit ratio fires below, counts lookups only, and resolves above', () => {
  const { events, take } = watched({ name: 'cold', metric: 'cacheHitRatio', below: 0.5, minCalls: 4 })
  const hit = recordOf({ attempts: [], cache: { outcome: 'hit' } })
  const miss = recordOf({ cache: { outcome: 'miss' } })
  take(...times(10, good), ...times(10, recordOf({ cache: { outcome: 'bypass' } })), hit, miss, miss)
  expect(events).toEqual([])
  take(miss)
  expect(events).toMatchObject([{ type: 'fired', value: 0.25, calls: 4 }])
  take(hit, hit)
  expect(events).toHaveLength(1)
  take(hit, hit)
  expect(events[1]).toMatchObject({ type: 'resolved', value: 0.625, limit: 0.6 })
})

test('a filter says which calls it is about', () => {
  const rule = {
    name: 'errors',
    metric: 'errorRate',
    above: 0,
    minCalls: 1,
    filter: { provider: 'anthropic' },
  } as const
  const { events, take } = watched(rule)
  take(bad)
  expect(events).toEqual([])
  take(recordOf({ ...bad, provider: 'anthropic' }))
  expect(events).toHaveLength(1)
})

test('what a listener throws is reported, and the alert goes on', async () => {
  const seen: string[] = []
  const { clock, problems, take } = watched(
    { name: 'errors', metric: 'errorRate', above: 0, minCalls: 1 },
    async ({ type }) => {
      seen.push(type)
      throw new Error('pager is down')
    },
  )
  take(bad)
  await clock.advance(400_000)
  expect(seen).toEqual(['fired', 'resolved'])
  expect(problems).toEqual(times(2, { where: 'alert errors', error: new Error('pager is down') }))
})

test.each<[string, object, RegExp]>([
  ['no name', { metric: 'errorRate', above: 1 }, /option name is undefined/],
  ['an unknown metric', { name: 'a', metric: 'p95', above: 1 }, /option metric is "p95"; it must be one of/],
  ['no limit', { name: 'a', metric: 'errorRate' }, /option above is undefined; an alert on errorRate needs it/],
  [
    'the wrong side',
    { name: 'a', metric: 'cacheHitRatio', above: 0.5 },
    /option above is 0.5; an alert on cacheHitRatio fires below/,
  ],
  ['percent', { name: 'a', metric: 'errorRate', above: 5 }, /option above is 5; a ratio is from 0 to 1/],
  [
    'a bad end',
    { name: 'a', metric: 'errorRate', above: 0.1, resolveAt: 0.2 },
    /option resolveAt is 0.2; it must be at most 0.1/,
  ],
  [
    'a bad end of a ratio',
    { name: 'a', metric: 'cacheHitRatio', below: 0.5, resolveAt: 0.2 },
    /it must be at least 0.5/,
  ],
  ['a short window', { name: 'a', metric: 'errorRate', above: 0.1, windowMs: 10 }, /option windowMs is 10/],
  ['a bad filter', { name: 'a', metric: 'errorRate', above: 0.1, filter: { provider: null } }, /filter.provider/],
])('a rule with %s is refused', (_, rule, message) => {
  expect(() => watched(rule as AlertRule)).toThrow(OptionError)
  expect(() => watched(rule as AlertRule)).toThrow(message)
})
