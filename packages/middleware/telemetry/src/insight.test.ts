import { type MetricsSource, middleware, OptionError, ProviderError, pipeline } from '@cepa/core'
import { fakeProvider, inTurn, memoryExporter, type ScriptedAnswer, virtualClock } from '@cepa/testing'
import { expect, expectTypeOf, test } from 'vitest'
import { type Telemetry, type TelemetryOptions, telemetry } from './index.ts'

const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
const failure: ScriptedAnswer = { failure: { kind: 'server', status: 500 } }

test('a telemetry is a source of metrics', () => {
  expectTypeOf<Telemetry>().toExtend<MetricsSource>()
})

function watching(options: TelemetryOptions = {}) {
  const clock = virtualClock()
  const seen = memoryExporter()
  const watch = telemetry({ exporters: [seen], clock, ...options })
  const adapter = fakeProvider(inTurn({ headersMs: 10, text: 'Hello' }, failure, { text: 'Hi' }))
  return { clock, seen, watch, chat: pipeline({ adapter, layers: [watch], clock }) }
}

test('metrics know every call as soon as it has ended, whatever is filtered or sampled out', async () => {
  const { clock, seen, watch, chat } = watching({ sample: { ratio: 0, keepErrors: false }, level: 'errors' })
  const running = chat.complete(request)
  await clock.settle()
  expect(watch.metrics().inFlight).toEqual([{ labels: {}, calls: 1 }])
  await clock.advance(10)
  await running
  // its record is made in a later task, which has not come
  expect(watch.metrics()).toMatchObject({ total: { calls: 1, endings: { done: 1 } }, inFlight: [{ calls: 0 }] })
  await expect(chat.complete(request)).rejects.toThrow(ProviderError)
  const { total, rows } = watch.metrics({ by: ['ending'] })
  expect(total).toMatchObject({ calls: 2, errors: { server: 1 }, durationMs: { count: 2, max: 10 } })
  expect(rows.map(({ labels }) => labels)).toEqual([{ ending: 'done' }, { ending: 'failed' }])
  await watch.flush()
  expect(seen.records).toEqual([])
})

test('a reader, a reset, alerts and statuses stand on the same calls', async () => {
  const { clock, watch, chat } = watching({ metrics: { attributes: ['tenant'] } })
  const reader = watch.metricsReader({ by: ['attributes.tenant'] })
  const told: string[] = []
  const alert = watch.alert({ name: 'errors', metric: 'errorRate', above: 0, minCalls: 1 }, ({ type }) =>
    told.push(type),
  )
  await clock.runUntil(chat.complete(request, { attributes: { tenant: 'a' } }))
  await expect(chat.complete(request)).rejects.toThrow(ProviderError)
  expect(reader.read().rows.map(({ labels }) => labels)).toEqual([{ 'attributes.tenant': 'a' }, {}])
  expect([told, alert.isFiring, alert.value()]).toEqual([['fired'], true, 0.5])
  expect(watch.providers()).toMatchObject([{ state: 'up', attempts: 2, failed: 1 }])
  watch.resetMetrics()
  expect(watch.metrics().total.calls).toBe(0)
  alert.stop()
  expect(clock.pending.filter(({ delayMs }) => delayMs === 5000)).toEqual([])
})

test('a change of a provider is told', async () => {
  const clock = virtualClock()
  const watch = telemetry({ clock })
  const chat = pipeline({ adapter: fakeProvider(failure), layers: [watch], clock })
  const states: string[] = []
  watch.onProviderChange(({ provider, from, state }) => states.push(`${provider}: ${from} → ${state}`))
  for (let call = 0; call < 5; call++) await expect(chat.complete(request)).rejects.toThrow(ProviderError)
  await clock.settle()
  watch.providers()
  const provider = watch.providers()[0]?.provider
  expect(states).toEqual([`${provider}: up → degraded`, `${provider}: degraded → down`])
})

test('without metrics nothing is kept, and whoever asks is told what to do', async () => {
  const clock = virtualClock()
  const watch = telemetry({ clock, metrics: { enabled: false } })
  const chat = pipeline({ adapter: fakeProvider({ text: 'Hi' }), layers: [watch, idle()], clock })
  await chat.complete(request)
  expect(watch.stats().records).toBe(0)
  for (const ask of [() => watch.metrics(), () => watch.providers(), () => watch.metricsReader()]) {
    expect(ask).toThrow(OptionError)
    expect(ask).toThrow('telemetry: option metrics.enabled is false; leave it out, or make it true')
  }
})

const idle = () => middleware({ name: 'idle' })

test.each<[object, RegExp]>([
  [{ dimensions: ['tenant'] }, /metrics.dimensions.0 is "tenant"; it must be one of "pipeline", "operation"/],
  [{ maxSeries: 1 }, /metrics.maxSeries is 1; it must be an integer from 10 to 100000/],
  [{ attribute: ['a'] }, /metrics.attribute is given; there is no such option/],
])('options %o of metrics are refused', (metrics, message) => {
  expect(() => telemetry({ metrics })).toThrow(message)
})
