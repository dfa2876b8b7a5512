import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type AnyMiddleware, middleware, pipeline } from '@cepa/core'
import { group, type TelemetryOptions, telemetry } from '@cepa/middleware-telemetry'
import { collect, fakeProvider, inTurn } from '@cepa/testing'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { isTracingSuppressed } from '@opentelemetry/core'
import { expect, onTestFinished, test } from 'vitest'
import { exporting } from '../test/exporting.ts'
import { callSpanFindings, logFindings, metricFindings } from '../test/findings.ts'
import { logsOf, metricsOf, plain, type ReadSpan, spansOf } from '../test/read.ts'
import { receiver, withStatus } from '../test/receiver.ts'
import { call, items, send } from '../test/records.ts'

const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] } as const

const again: AnyMiddleware = middleware({
  name: 'again',
  traits: { repeats: true },
  handle: (one, next) => next(one).catch(() => next(one)),
})

test('what calls tell is what arrives', async () => {
  const collector = await receiver()
  const otlp = exporting({ endpoint: collector.url })
  const watch = telemetry({ exporters: [otlp], sample: { ratio: 0, keepErrors: true } })
  const provider = fakeProvider(
    inTurn(
      { text: 'Hello you', model: 'gpt-4o-2024-08-06', attempt: { serverAddress: 'api.openai.com', serverPort: 443 } },
      { failure: { kind: 'rate-limit', status: 429 } },
      { failure: { kind: 'server', status: 500, message: 'boom' } },
      'Fine',
    ),
    { name: 'openai' },
  )
  const chat = pipeline(provider, watch, again)
  const run = group('run')
  await collect(chat(request, { parent: run }))
  await expect(chat.complete(request, { parent: run })).rejects.toThrow('boom')
  await chat.complete(request)
  run.end()
  expect(await watch.close()).toBe(true)

  expect(watch.stats().exporters).toMatchObject([{ name: 'otlp', delivered: 2, lost: {} }])
  const spans = spansOf(collector.of('traces'))
  const named = (start: string): ReadSpan[] => spans.filter(({ name }) => name.startsWith(start))
  // sampled out, but for the one that failed
  const [failed, ...more] = named('chat ')
  expect(more).toEqual([])
  expect(callSpanFindings(failed as ReadSpan, 'released')).toEqual([])
  expect(failed).toMatchObject({ parentSpanId: named('run')[0]?.spanId, status: { code: 2, message: 'boom' } })
  expect(named('attempt ').map(({ parentSpanId }) => parentSpanId)).toEqual([failed?.spanId, failed?.spanId])
  const logs = logsOf(collector.of('logs'))
  expect(logs.flatMap((log) => logFindings(log, 'released'))).toEqual([])
  expect(logs.map(({ spanId }) => spanId)).toEqual([failed?.spanId])
  const metrics = metricsOf(collector.of('metrics'))
  expect(metrics.flatMap((metric) => metricFindings(metric, 'released'))).toEqual([])
  // all of them, whatever was sampled
  const calls = metrics.find(({ name }) => name === 'cepa.client.calls')?.dataPoints ?? []
  const byEnding = calls.map(({ attributes, asInt }) => [plain(attributes['cepa.ending']), asInt])
  expect(byEnding).toEqual(expect.arrayContaining([['failed', '1']]))
  expect(calls.reduce((sum, { asInt }) => sum + Number(asInt), 0)).toBe(3)
})

test.each([
  ['level', { level: 'errors' }],
  ['level', { level: 'off' }],
  ['filter', { filter: { ending: 'failed' } }],
  ['ratio', { sample: { ratio: 0, keepErrors: false } }],
] as readonly [string, TelemetryOptions][])(
  'metrics are of all calls, whatever the %s lets through, also where the user hands it in',
  async (_, options) => {
    const collector = await receiver()
    const otlp = exporting({ endpoint: collector.url })
    const watch = telemetry({ exporters: [otlp], ...options })
    watch.observe(otlp)
    const failures = ({ index }: { readonly index: number }) =>
      index % 10 === 0 ? { failure: { kind: 'server' } as const } : 'Hello'
    const chat = pipeline(fakeProvider(failures), watch)
    for (let index = 0; index < 30; index++) await chat.complete(request).catch(() => undefined)
    await watch.close()
    const points = metricsOf(collector.of('metrics')).find(({ name }) => name === 'cepa.client.calls')?.dataPoints ?? []
    const byEnding = points.map(({ attributes, asInt }) => [plain(attributes['cepa.ending']), asInt])
    expect(Object.fromEntries(byEnding)).toEqual({ done: '27', failed: '3' })
  },
)

test('what the collector refuses for a while arrives once, and is not felt by the calls', async () => {
  const collector = await receiver()
  let refused = 0
  collector.answers((response, received) => {
    refused += 1
    withStatus(refused > 2 ? 200 : 503, { 'retry-after': '0' })(response, received)
  })
  const otlp = exporting({ endpoint: collector.url, logs: false, metrics: false })
  const watch = telemetry({ exporters: [{ exporter: otlp, limits: { delayMs: 0 } }], report: () => undefined })
  const chat = pipeline(fakeProvider('Hello', { name: 'openai' }), watch)
  await chat.complete(request)
  await expect.poll(() => watch.stats().exporters[0]?.delivered, { timeout: 15_000 }).toBe(1)
  await watch.close()
  expect(watch.stats().exporters).toMatchObject([{ delivered: 1, retries: 2, lost: {} }])
  expect(collector.received).toHaveLength(3)
})

test('an application that traces its HTTP requests does not trace these', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  onTestFinished(() => context.disable())
  const suppressed: boolean[] = []
  const listener = (): void => void suppressed.push(isTracingSuppressed(context.active()))
  subscribe('http.client.request.start', listener)
  onTestFinished(() => void unsubscribe('http.client.request.start', listener))
  const collector = await receiver()
  await send(exporting({ endpoint: collector.url, logs: false, metrics: false }), items(call()))
  expect(suppressed).toEqual([true])
})
