import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CallRecord, type MetricsQuery, pipeline } from '@cepa/core'
import { cache } from '@cepa/middleware-cache'
import { retry } from '@cepa/middleware-retry'
import { telemetry } from '@cepa/middleware-telemetry'
import { tokenCount } from '@cepa/middleware-token-count'
import { type Answer, fakeProvider, virtualClock } from '@cepa/testing'
import { type OpenMetricsContentType, Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { promtool } from '../test/promtool.ts'
import { everything, sourceOf } from '../test/source.ts'
import { METRIC_FAMILIES, prometheus } from './index.ts'

const ANSWERS: readonly Answer[] = [
  { text: 'An onion has layers', everyMs: 30, headersMs: 200 },
  { failure: { kind: 'overloaded', status: 529 } },
  { text: 'Cut it and you cry', headersMs: 1500, attempt: { bytesSent: 120, bytesReceived: 900 } },
  { failure: { kind: 'invalid-request', status: 400 } },
  { steps: [{ text: 'Half of ' }, { truncate: true }] },
  { text: 'Unknown', usage: false },
]

const PRICES = {
  name: 'test',
  price: () => ({ usd: 0.001, parts: { input: 0.001 }, source: 'test', date: '2026-01-01' }),
}

/** A stack that has seen calls of all kinds, and what it says of itself. */
async function busy() {
  const clock = virtualClock()
  const watch = telemetry({
    clock,
    metrics: { attributes: ['tenant'] },
    exporters: [{ name: 'void', export: () => ({ ok: true }) }],
  })
  const records: CallRecord[] = []
  watch.onRecord((record) => records.push(record))
  const adapter = fakeProvider(({ index }) => ANSWERS[index % ANSWERS.length] as Answer)
  const layers = [watch, cache({ scope: 'shared' }), tokenCount({ prices: PRICES }), retry({ attempts: 2 })] as const
  const chat = pipeline({ adapter, layers: [...layers], clock })
  for (let call = 0; call < 60; call++) {
    const request = { model: `m-${call % 3}`, messages: [{ role: 'user', content: `Hi ${call % 12}` }] } as const
    const attributes = call % 2 === 0 ? { tenant: 'a "b"\n' } : {}
    if (call % 7 === 0) {
      const reply = await clock.runUntil(chat(request, { attributes }).catch(() => undefined))
      for await (const _ of reply ?? []) break
    } else await clock.runUntil(chat.complete(request, { attributes }).catch(() => undefined))
  }
  return { clock, watch, records }
}

/** Samples by name and labels. */
const parsed = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

const sumOf = (samples: Map<string, number>, name: string): number =>
  [...samples].filter(([key]) => key === name || key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0)

test.each([
  { level: 'off' },
  { level: 'errors' },
  { filter: { ending: 'failed' } },
  { sample: { ratio: 0, keepErrors: false } },
] as const)('every call is counted, whatever is exported, with %o', async (options) => {
  const watch = telemetry({ ...options, exporters: [{ name: 'void', export: () => ({ ok: true }) }] })
  const chat = pipeline(
    fakeProvider(({ index }) => (index % 10 === 0 ? { failure: { kind: 'server' } } : 'Hi')),
    watch,
  )
  for (let call = 0; call < 30; call++)
    await chat.complete({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }).catch(() => undefined)
  const samples = parsed(prometheus({ source: watch, by: ['ending'] }).text())
  expect(samples.get('cepa_calls_total{ending="done"}')).toBe(27)
  expect(samples.get('cepa_calls_total{ending="failed"}')).toBe(3)
})

test('exporters of one name have series of their own', () => {
  const [one, two] = [1, 2].map(() => ({ name: 'file', export: () => ({ ok: true }) as const }))
  const watch = telemetry({ exporters: [one, two] as never })
  const text = prometheus({ source: watch }).text()
  const series = text.split('\n').filter((line) => line.startsWith('cepa_exporter_waiting_items'))
  expect(series).toEqual([
    'cepa_exporter_waiting_items{exporter="file"} 0',
    'cepa_exporter_waiting_items{exporter="file-2"} 0',
  ])
})

describe('metrics of real calls', () => {
  test('are what their records say', async () => {
    const { watch, records } = await busy()
    const samples = parsed(prometheus({ source: watch }).text())
    const sum = (of: (record: CallRecord) => number | undefined): number =>
      records.reduce((total, record) => total + (of(record) ?? 0), 0)
    expect(records).toHaveLength(60)
    for (const [name, value] of Object.entries({
      cepa_calls_total: 60,
      cepa_errors_total: records.filter(({ ending }) => ending === 'failed').length,
      cepa_call_duration_seconds_count: 60,
      cepa_call_duration_seconds_sum: sum(({ durations }) => durations.totalMs) / 1000,
      cepa_first_token_seconds_count: records.filter(({ durations }) => durations.firstTokenMs !== undefined).length,
      cepa_input_tokens_total: sum(({ spent }) => spent?.inputTokens),
      cepa_output_tokens_total: sum(({ spent }) => spent?.outputTokens),
      cepa_cost_usd_total: sum(({ cost }) => cost?.usd),
      cepa_attempts_total: sum(({ attempts }) => attempts.length),
      cepa_retries_total: sum(({ attempts }) => Math.max(0, attempts.length - 1)),
      cepa_cache_outcomes_total: records.filter(({ cache: found }) => found !== undefined).length,
      cepa_sent_bytes_total: sum(({ bytesSent }) => bytesSent),
      cepa_received_bytes_total: sum(({ bytesReceived }) => bytesReceived),
      cepa_telemetry_records_total: 60,
      cepa_calls_in_flight: 0,
    })) {
      expect(sumOf(samples, name), name).toBeCloseTo(value, 9)
    }
    expect(sumOf(samples, 'cepa_errors_total')).toBeGreaterThan(0)
    expect(sumOf(samples, 'cepa_retries_total')).toBeGreaterThan(0)
    expect(sumOf(samples, 'cepa_cost_usd_total')).toBeGreaterThan(0)
    expect([...samples.keys()].filter((key) => key.includes('outcome="hit"')).length).toBeGreaterThan(0)
  })

  test('are content with promtool', async (context) => {
    const { watch } = await busy()
    expect(promtool(context, ['check', 'metrics'], prometheus({ source: watch }).text())).toEqual({
      ok: true,
      output: '',
    })
    const broken = promtool(context, ['check', 'metrics'], 'cepa_calls_total{a="b} 1\n')
    expect(broken.ok).toBe(false)
  })

  test('are content with promtool also where every family has samples', (context) => {
    const view = everything()
    for (const family of METRIC_FAMILIES) expect(family.samples(view).length, family.name).toBeGreaterThan(0)
    const { snapshot, providers, health } = view
    const source = sourceOf(snapshot, { metricDimensions: [], providers: () => providers, stats: () => health })
    const text = prometheus({ source }).text()
    expect(promtool(context, ['check', 'metrics'], text)).toEqual({ ok: true, output: '' })
  })
})

test('a server of Node mounts it', async () => {
  const { watch } = await busy()
  const metrics = prometheus({ source: watch })
  const server = createServer((request, response) => metrics.handle(request, response)).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
    const answer = await fetch(url)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await answer.text()).toBe(metrics.text())
    expect(await (await fetch(url, { method: 'HEAD' })).text()).toBe('')
    expect((await fetch(url, { method: 'POST' })).status).toBe(405)
  } finally {
    server.close()
  }
})

describe('a registry of prom-client', () => {
  test('has the same metrics beside its own', async () => {
    const { watch } = await busy()
    const registry = new Registry()
    const metrics = prometheus({ source: watch, registry, labels: { service: 'shop' } })
    const theirs = parsed(await registry.metrics())
    const ours = parsed(metrics.text())
    expect([...theirs].toSorted()).toEqual([...ours].toSorted())
    expect(theirs.size).toBeGreaterThan(100)
    const types = (text: string) => text.split('\n').filter((line) => line.startsWith('# '))
    expect(types(await registry.metrics())).toEqual(types(metrics.text()))
  })

  test('reads telemetry once for a scrape, and anew for the next', async () => {
    const { clock, watch } = await busy()
    let looked = 0
    const metrics = (query?: MetricsQuery) => {
      looked += 1
      return watch.metrics(query)
    }
    const source = { ...watch, metrics }
    const registry = new Registry()
    prometheus({ source, registry })
    looked = 0
    await registry.metrics()
    expect(looked).toBe(1)
    const chat = pipeline({ adapter: fakeProvider('Hi'), layers: [watch], clock })
    await chat.complete({ model: 'later', messages: [] })
    expect(await registry.metrics()).toContain('model="later"')
    expect(looked).toBe(2)
  })

  test('shows OpenMetrics too', async () => {
    const { watch } = await busy()
    const registry = new Registry<OpenMetricsContentType>()
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    prometheus({ source: watch, registry })
    const text = await registry.metrics()
    expect(text).toContain('# TYPE cepa_calls counter')
    expect(text).toMatch(/^cepa_calls_total\{.*\} \d+$/m)
    expect(text).toMatch(/^cepa_call_duration_seconds_bucket\{.*le="\+Inf"\} \d+$/m)
    expect(text.endsWith('# EOF\n')).toBe(true)
  })

  test('that has a metric of that name is refused', async () => {
    const { watch } = await busy()
    const registry = new Registry()
    prometheus({ source: watch, registry })
    expect(() => prometheus({ source: watch, registry })).toThrow(
      /option registry is a registry; it refused cepa_calls_total/,
    )
    prometheus({ source: watch, registry, prefix: 'second_' })
  })

  test('can be reset without losing what telemetry counted', async () => {
    const { watch } = await busy()
    const registry = new Registry()
    prometheus({ source: watch, registry })
    registry.resetMetrics()
    expect(await registry.metrics()).toContain('cepa_calls_total{')
  })
})

test('telemetry without metrics is refused at once', () => {
  const watch = telemetry({ metrics: { enabled: false } })
  expect(() => prometheus({ source: watch })).toThrow('metrics.enabled is false')
  expect(() => prometheus({ source: telemetry(), by: ['attributes.x'] })).toThrow(/by is "attributes.x"/)
})
