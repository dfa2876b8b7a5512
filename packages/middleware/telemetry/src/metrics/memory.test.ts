import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { virtualClock } from '@cepa/testing'
import { expect, test } from 'vitest'
import { recordOf } from '../../test/random-records.ts'
import { watchAlert } from '../monitoring/alert.ts'
import { ProviderWatch } from '../monitoring/provider-watch.ts'
import { CallMetrics } from './call-metrics.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

function usedBytes(): number {
  gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

test('metrics, alerts and statuses take no more memory for a hundred thousand calls than for fifty thousand', async () => {
  const clock = virtualClock()
  const metrics = new CallMetrics({ attributes: ['tenant'], maxValues: 10, maxSeries: 30 }, clock)
  const parts = { clock, report: () => {} }
  const latency = watchAlert({ name: 'slow', metric: 'durationMs', above: 1e9, windowMs: 60_000 }, () => {}, parts)
  const providers = new ProviderWatch(parts)
  const feed = async (from: number): Promise<void> => {
    for (let at = from; at < from + 50_000; at++) {
      const totalMs = 50 + ((at * 7919) % 20_000)
      const durations = { totalMs, providerMs: totalMs, consumerMs: 0, firstTokenMs: totalMs / 3 }
      const record = recordOf({ durations, model: `m-${at}`, attributes: { tenant: `t-${at}` } })
      metrics.record(record)
      latency.observer.record?.(record)
      providers.record(record)
      if (at % 500 === 0) await clock.advance(1000)
    }
  }
  await feed(0)
  const before = usedBytes()
  await feed(50_000)
  expect((usedBytes() - before) / 50).toBeLessThan(1024)
  expect(metrics.snapshot().total.calls).toBe(100_000)
})
