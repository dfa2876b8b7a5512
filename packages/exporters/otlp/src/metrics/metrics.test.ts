import type { CallRecord } from '@cepa/core'
import { virtualClock } from '@cepa/testing'
import { describe, expect, test } from 'vitest'
import { exporting } from '../../test/exporting.ts'
import { metricsOf, plain, plainAttributes, type ReadMetric, type ReadPoint } from '../../test/read.ts'
import { receiver, withStatus } from '../../test/receiver.ts'
import { attempt, call, failedCall, items, send, startedAtMs } from '../../test/records.ts'
import type { OtlpExporterOptions, OtlpMetricsOptions } from '../index.ts'

async function measuring(metrics: OtlpMetricsOptions = {}, options: OtlpExporterOptions = {}) {
  const collector = await receiver()
  const clock = virtualClock({ epochMs: startedAtMs })
  const problems: string[] = []
  const exporter = exporting({
    endpoint: collector.url,
    traces: false,
    logs: false,
    metrics,
    clock,
    report: ({ message }) => void problems.push(message),
    ...options,
  })
  const last = () => metricsOf(collector.received.slice(-1))
  const point = (name: string, where: Record<string, unknown> = {}): ReadPoint | undefined =>
    last()
      .find((metric) => metric.name === name)
      ?.dataPoints.find(({ attributes }) =>
        Object.entries(where).every(([key, value]) => plain(attributes[key]) === value),
      )
  return { collector, clock, exporter, problems, last, point }
}

const durations = 'gen_ai.client.operation.duration'
const tokens = 'gen_ai.client.token.usage'

/** Waits for the sending of a timer that has fired. */
async function arrival(count: number, { received }: { readonly received: readonly unknown[] }): Promise<void> {
  await expect.poll(() => received.length, { interval: 2, timeout: 5000 }).toBe(count)
}

describe('what is measured', () => {
  test('durations in seconds, told apart by how they failed', async () => {
    const { exporter, point } = await measuring()
    await send(exporter, items(call(), call({ id: 'c-9' }), failedCall()))
    await exporter.flush?.()
    const done = point(durations, { 'error.type': undefined })
    expect(done).toMatchObject({ count: '2', sum: 3, min: 1.5, max: 1.5 })
    expect(done?.bucketCounts?.map(Number)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0])
    expect(point(durations, { 'error.type': '429' })).toMatchObject({ count: '1', sum: 0.4 })
  })

  test('tokens, as the provider told them', async () => {
    const { exporter, point } = await measuring()
    await send(exporter, items(call()))
    await exporter.flush?.()
    expect(point(tokens, { 'gen_ai.token.type': 'input' })).toMatchObject({ count: '1', sum: 31 })
    expect(point(tokens, { 'gen_ai.token.type': 'output' })).toMatchObject({ count: '1', sum: 12 })
  })

  test('by their newest names', async () => {
    const { exporter, point } = await measuring({}, { semconv: 'latest' })
    const usage = { inputTokens: 100, audioInputTokens: 30, outputTokens: 9, source: 'provider' } as const
    await send(exporter, items(call({ attempts: [attempt({ usage })] })))
    await exporter.flush?.()
    const spent = 'gen_ai.client.inference.usage.input_tokens'
    expect(point(spent, { 'gen_ai.token.modality': 'audio' })?.asInt).toBe('30')
    expect(point(spent, { 'gen_ai.token.modality': 'unknown' })?.asInt).toBe('70')
    expect(point('gen_ai.client.inference.operation.output_tokens')).toMatchObject({ count: '1', sum: 9 })
  })

  test('number and cost of calls', async () => {
    const { exporter, point } = await measuring()
    const hit = call({ attempts: [], cost: { usd: 0, attempts: [] }, cache: { outcome: 'hit' } })
    await send(exporter, items(call(), failedCall(), hit))
    await exporter.flush?.()
    expect(point('cepa.client.calls', { 'cepa.ending': 'failed' })?.asInt).toBe('1')
    expect(point('cepa.client.calls', { 'cepa.cache.outcome': 'hit' })?.asInt).toBe('1')
    expect(point('cepa.client.cost')).toMatchObject({ asDouble: 0.0042 })
  })

  test('a hit has a duration, and neither tokens nor a time to the first token', async () => {
    const { exporter, last } = await measuring()
    await send(exporter, items(call({ attempts: [], cost: { usd: 0, attempts: [] }, cache: { outcome: 'hit' } })))
    await exporter.flush?.()
    expect(last().map(({ name }) => name)).toEqual([durations, 'cepa.client.calls'])
  })

  test('what did not reach this destination', async () => {
    const { exporter, point } = await measuring()
    expect(exporter.wants).toContain('loss')
    await send(exporter, [
      { type: 'loss', loss: { schema: 'cepa.loss/1', sinceMs: 0, atMs: 1, lost: { full: 3, failed: 2 } } },
    ])
    await exporter.flush?.()
    expect(point('cepa.telemetry.lost', { 'cepa.loss.reason': 'full' })?.asInt).toBe('3')
  })

  test('nothing is sent where nothing was', async () => {
    const { exporter, collector } = await measuring()
    await exporter.flush?.()
    await exporter.close?.()
    expect(collector.received).toEqual([])
  })

  test('nothing of ids or labels is in a series', async () => {
    const { exporter, last } = await measuring()
    await send(exporter, items(call(), call({ id: 'other', requestId: 'other', attributes: { user: 'u-1' } })))
    await exporter.flush?.()
    for (const { dataPoints, name } of last()) {
      expect([name, dataPoints.length]).toEqual([name, name === tokens ? 2 : 1])
      for (const { attributes } of dataPoints) {
        expect(JSON.stringify(plainAttributes(attributes))).not.toMatch(/u-1|other|Zwiebel|resp-1|req-7/)
      }
    }
  })
})

describe('who is counted', () => {
  const weighed = (weight: number): CallRecord => call({ sampling: { reason: 'head', weight } })

  test('records that are exported, each by its weight', async () => {
    const { exporter, point } = await measuring()
    await send(exporter, items(weighed(20), weighed(2.5)))
    await exporter.flush?.()
    expect(Number(point(durations)?.count)).toBe(23)
    expect(point(durations)?.sum).toBeCloseTo(1.5 * 22.5, 9)
    expect(point('cepa.client.calls')?.asInt).toBe('23')
  })

  test('a batch that is given again is counted once', async () => {
    const { exporter, point, collector } = await measuring({}, { traces: true })
    collector.answers(withStatus(503))
    const batch = items(call())
    await send(exporter, [...batch])
    collector.answers(withStatus(200))
    await send(exporter, [...batch])
    await exporter.flush?.()
    expect(point(durations)?.count).toBe('1')
  })

  test('every record, where it is told of every record; then not those that are exported too', async () => {
    const { exporter, point } = await measuring()
    for (let index = 0; index < 10; index++) exporter.record(call({ id: `c-${index}` }))
    await send(exporter, items(weighed(10)))
    await exporter.flush?.()
    expect(point(durations)?.count).toBe('10')
  })
})

describe('when', () => {
  test('at intervals, also when no call comes', async () => {
    const { exporter, clock, collector } = await measuring({ intervalMs: 1000 })
    exporter.record(call())
    await clock.advance(999)
    expect(collector.received).toEqual([])
    await clock.advance(1)
    await arrival(1, collector)
    await clock.settle()
    await expect.poll(() => clock.pending.length, { interval: 2 }).toBe(1)
    expect(clock.pending).toEqual([expect.objectContaining({ background: true })])
    await clock.advance(1000)
    await arrival(2, collector)
  })

  test('at the end', async () => {
    const { exporter, clock, collector, point } = await measuring()
    exporter.record(call())
    await exporter.close?.()
    expect(collector.received).toHaveLength(1)
    expect(point(durations)?.count).toBe('1')
    expect(clock.pending).toEqual([])
  })
})

describe('from when to when', () => {
  const spanOf = (metrics: readonly ReadMetric[]) => {
    const [{ startTimeUnixNano, timeUnixNano }] = metrics.flatMap(({ dataPoints }) => dataPoints) as [ReadPoint]
    return [startTimeUnixNano, timeUnixNano].map((nanos) => Number(BigInt(nanos) / 1_000_000n) - startedAtMs)
  }

  test('everything so far, by default', async () => {
    const { exporter, clock, last, point } = await measuring()
    exporter.record(call())
    await clock.advance(5000)
    await exporter.flush?.()
    exporter.record(call())
    await clock.advance(5000)
    await exporter.flush?.()
    expect(spanOf(last())).toEqual([0, 10_000])
    expect(last()[0]?.aggregationTemporality).toBe(2)
    expect(point(durations)?.count).toBe('2')
  })

  test('what came since the last sending that arrived', async () => {
    const { exporter, clock, collector, last, point } = await measuring({ temporality: 'delta' })
    exporter.record(call())
    await clock.advance(5000)
    await exporter.flush?.()
    expect(spanOf(last())).toEqual([0, 5000])
    expect(last()[0]?.aggregationTemporality).toBe(1)
    exporter.record(call())
    collector.answers(withStatus(503))
    await clock.advance(1000)
    await expect(exporter.flush?.()).rejects.toThrow(/sending metrics to .* 503/)
    exporter.record(call())
    collector.answers(withStatus(200))
    await clock.advance(1000)
    await exporter.flush?.()
    expect(spanOf(last())).toEqual([5000, 7000])
    expect(point(durations)).toMatchObject({ count: '2', sum: 3 })
    expect(point(durations)).not.toHaveProperty('min')
    await exporter.flush?.()
    expect(collector.received).toHaveLength(3)
  })
})

describe('a destination that does not take them', () => {
  test('is told of once until it works again, and is tried again soon', async () => {
    const { exporter, clock, collector, problems } = await measuring({ intervalMs: 60_000 })
    collector.answers(withStatus(503))
    exporter.record(call())
    await clock.advance(60_000)
    await arrival(1, collector)
    await expect.poll(() => clock.pending[0]?.delayMs, { interval: 2 }).toBe(5000)
    await clock.advance(5000)
    await arrival(2, collector)
    expect(problems).toEqual([expect.stringMatching(/sending metrics to .*\/v1\/metrics: 503/)])
  })

  test('is left alone as long as it asks for', async () => {
    const { exporter, clock, collector } = await measuring({ intervalMs: 10_000 })
    collector.answers(withStatus(429, { 'retry-after': '30' }))
    exporter.record(call())
    await clock.advance(10_000)
    await arrival(1, collector)
    await expect.poll(() => clock.pending[0]?.delayMs, { interval: 2 }).toBe(30_000)
  })

  test('makes flush and close fail, and close release all the same', async () => {
    const { exporter, clock, collector } = await measuring()
    collector.answers(withStatus(500))
    exporter.record(call())
    await expect(exporter.flush?.()).rejects.toThrow('500')
    await expect(exporter.close?.()).rejects.toThrow('500')
    expect(clock.pending).toEqual([])
  })

  test('nothing comes of a listener that throws itself', async () => {
    const report = (): never => {
      throw new Error('broken')
    }
    const { exporter, clock, collector } = await measuring({ intervalMs: 1000 }, { report })
    collector.answers(withStatus(500))
    exporter.record(call())
    await clock.advance(1000)
    await arrival(1, collector)
    await expect.poll(() => clock.pending[0]?.delayMs, { interval: 2 }).toBe(1000)
  })
})

test('memory is bounded: too many series are counted together', async () => {
  const { exporter, last } = await measuring()
  for (let index = 0; index < 2500; index++) exporter.record(call({ attempts: [attempt({ model: `m-${index}` })] }))
  await exporter.flush?.()
  const points = last().find(({ name }) => name === durations)?.dataPoints ?? []
  expect(points).toHaveLength(2000)
  const rest = points.filter(({ attributes }) => 'otel.metric.overflow' in attributes)
  expect(rest.map(({ attributes, count }) => [plainAttributes(attributes), count])).toEqual([
    [{ 'otel.metric.overflow': true }, '501'],
  ])
})
