import { setImmediate as turn } from 'node:timers/promises'
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

const WARM_UP = 16
const ROUNDS = 9
const PER_ROUND = 6000

async function usedBytes(): Promise<number> {
  // buffers are let go of a while after what held them
  for (let round = 0; round < 4; round++) {
    gc()
    await turn()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The slope of a line through points that noise cannot bend: the median of the slopes between all pairs (Theil and Sen). */
function slopeOf(values: readonly number[]): number {
  const slopes = values
    .flatMap((value, index) => values.slice(index + 1).map((later, gap) => (later - value) / (gap + 1)))
    .toSorted((one, other) => one - other)
  return slopes[Math.floor(slopes.length / 2)] as number
}

test('metrics, alerts and statuses take no more memory however many calls there are', { timeout: 60_000 }, async () => {
  const clock = virtualClock()
  const metrics = new CallMetrics({ attributes: ['tenant'], maxValues: 10, maxSeries: 30 }, clock)
  const parts = { clock, report: () => {} }
  const latency = watchAlert({ name: 'slow', metric: 'durationMs', above: 1e9, windowMs: 15_000 }, () => {}, parts)
  const providers = new ProviderWatch(parts)
  let count = 0
  const feed = async (): Promise<number> => {
    for (const last = count + PER_ROUND; count < last; count++) {
      const totalMs = 50 + ((count * 7919) % 20_000)
      const durations = { totalMs, providerMs: totalMs, consumerMs: 0, firstTokenMs: totalMs / 3 }
      const record = recordOf({ durations, model: `m-${count}`, attributes: { tenant: `t-${count}` } })
      metrics.record(record)
      latency.observer.record?.(record)
      providers.record(record)
      if (count % 500 === 0) await clock.advance(1000)
    }
    return usedBytes()
  }
  for (let round = 0; round < WARM_UP; round++) await feed()
  const used: number[] = []
  for (let round = 0; round < ROUNDS; round++) used.push(await feed())
  expect((slopeOf(used) * 1000) / PER_ROUND).toBeLessThan(1024)
  expect(metrics.snapshot().total.calls).toBe((WARM_UP + ROUNDS) * PER_ROUND)
})
