import { readFileSync } from 'node:fs'
import { type MetricsSource, OptionError } from '@cepa/core'
import { expect, test } from 'vitest'
import { rowOf, sourceOf, spread } from '../test/source.ts'
import { METRIC_FAMILIES, type MetricFamily, type PrometheusOptions, prometheus } from './index.ts'

/** The samples of one metric. */
const linesOf = (text: string, name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(name))

test('it writes counters, histograms and gauges with their labels', () => {
  const labels = { provider: 'openai', 'attributes.tenant-id': 'a' }
  const source = sourceOf(
    {
      rows: [
        rowOf({ labels, calls: 3, errors: { timeout: 2 }, durationMs: spread(1500, 2), costUsd: spread(0.25) }),
        rowOf({ labels: { provider: 'other' } }),
      ],
      attempts: [{ labels: { provider: 'openai' }, attempts: 4, errors: { server: 1 } }],
      inFlight: [{ labels, calls: 7 }],
      overflow: { model: 12 },
    },
    { metricDimensions: ['provider', 'attributes.tenant-id'] },
  )
  const text = prometheus({ source, labels: { service: 'shop' } }).text()
  const all = 'service="shop",provider="openai",attribute_tenant_id="a"'
  expect(text).toContain(
    `
# HELP cepa_calls_total Calls that have ended; those that a cache answered too.
# TYPE cepa_calls_total counter
cepa_calls_total{${all}} 3
cepa_calls_total{service="shop",provider="other"} 1
`.slice(1),
  )
  expect(linesOf(text, 'cepa_errors_total')).toEqual([`cepa_errors_total{${all},kind="timeout"} 2`])
  expect(linesOf(text, 'cepa_call_duration_seconds')).toEqual([
    `cepa_call_duration_seconds_bucket{${all},le="0.64"} 1`,
    `cepa_call_duration_seconds_bucket{${all},le="+Inf"} 2`,
    `cepa_call_duration_seconds_sum{${all}} 1.5`,
    `cepa_call_duration_seconds_count{${all}} 2`,
  ])
  expect(linesOf(text, 'cepa_cost_usd_total')).toEqual([`cepa_cost_usd_total{${all}} 0.25`])
  expect(linesOf(text, 'cepa_attempts_total')).toEqual(['cepa_attempts_total{service="shop",provider="openai"} 4'])
  expect(linesOf(text, 'cepa_calls_in_flight')).toEqual([`cepa_calls_in_flight{${all}} 7`])
  expect(linesOf(text, 'cepa_label_overflow_total')).toEqual([
    'cepa_label_overflow_total{service="shop",dimension="model"} 12',
  ])
  expect(text.endsWith('\n')).toBe(true)
})

test('what is not known has no sample', () => {
  const text = prometheus({ source: sourceOf({ rows: [rowOf()] }) }).text()
  expect(linesOf(text, 'cepa_calls_total')).toEqual(['cepa_calls_total 1'])
  for (const name of [
    'cepa_cost_usd_total',
    'cepa_input_tokens_total',
    'cepa_sent_bytes_total',
    'cepa_provider_state',
  ]) {
    expect(linesOf(text, name)).toEqual([])
  }
})

test('values of labels are escaped', () => {
  const labels = { provider: 'a "quoted"\\ one\nof two lines' }
  const text = prometheus({ source: sourceOf({ rows: [rowOf({ labels })] }) }).text()
  expect(linesOf(text, 'cepa_calls_total')).toEqual([
    String.raw`cepa_calls_total{provider="a \"quoted\"\\ one\nof two lines"} 1`,
  ])
})

test('it shows how providers do, and what telemetry lost', () => {
  const source = sourceOf(
    {},
    {
      providers: () => [
        { provider: 'openai', state: 'degraded', sinceMs: 0, attempts: 9, failed: 3, limited: 0, lastSeenMs: 0 },
      ],
      stats: () => ({
        records: 10,
        kept: 4,
        filtered: 3,
        sampledOut: 2,
        overRate: 1,
        withheld: 5,
        overrun: 6,
        exporters: [{ name: 'file', waiting: 8, delivered: 4, lost: { full: 7 } }],
      }),
    },
  )
  const text = prometheus({ source, prefix: 'llm_' }).text()
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'llm_provider_state{provider="openai",state="up"} 0',
    'llm_provider_state{provider="openai",state="degraded"} 1',
    'llm_provider_state{provider="openai",state="down"} 0',
    'llm_telemetry_records_total{fate="kept"} 4',
    'llm_telemetry_records_total{fate="filtered"} 3',
    'llm_telemetry_records_total{fate="sampled_out"} 2',
    'llm_telemetry_records_total{fate="over_rate"} 1',
    'llm_telemetry_lost_items_total{reason="withheld"} 5',
    'llm_telemetry_lost_items_total{reason="overrun"} 6',
    'llm_exporter_delivered_items_total{exporter="file"} 4',
    'llm_exporter_lost_items_total{exporter="file",reason="full"} 7',
    'llm_exporter_waiting_items{exporter="file"} 8',
  ])
})

/** A response that remembers what it was told. */
function asked(source: MetricsSource, method?: string) {
  const said: { status?: number; headers?: Record<string, string>; body?: string | undefined } = {}
  prometheus({ source }).handle(
    { method },
    {
      writeHead: (status, headers) => Object.assign(said, { status, headers }),
      end: (body) => Object.assign(said, { body }),
    },
  )
  return said
}

test('what is not wanted is left out', () => {
  const text = prometheus({ source: sourceOf({ rows: [rowOf()] }), omit: ['retries_total'] }).text()
  expect(text).not.toContain('cepa_retries_total')
  expect(text).toContain('cepa_calls_total')
})

test('it answers scrapes, and nothing else', () => {
  const source = sourceOf({ rows: [rowOf()] })
  const { status, headers, body } = asked(source, 'GET')
  expect(status).toBe(200)
  expect(headers).toMatchObject({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  expect(body).toBe(prometheus({ source }).text())
  expect(asked(source, 'HEAD')).toMatchObject({ status: 200, body: undefined })
  expect(asked(source, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
})

test('a source that fails later is an answer of 500, without its words', () => {
  let scrapes = 0
  const fine = sourceOf()
  const source: MetricsSource = {
    ...fine,
    metrics(query) {
      scrapes += 1
      if (scrapes > 1) throw new Error('secret')
      return fine.metrics(query)
    },
  }
  expect(asked(source, 'GET')).toMatchObject({ status: 500, body: 'the metrics could not be read\n' })
})

test.each<[string, Partial<PrometheusOptions>, RegExp]>([
  ['no source', { source: undefined as never }, /option source is undefined; it must be an object with metrics\(\)/],
  ['a bad prefix', { prefix: '9-' }, /option prefix is "9-"; it must be letters/],
  ['a bad label', { labels: { 'a-b': 'x' } }, /option labels is "a-b"; it is no name for a label/],
  ['a label twice', { labels: { provider: 'x' } }, /option labels is "provider"; metrics have a label of that name/],
  ['the label of a histogram', { labels: { le: 'x' } }, /metrics have a label of that name/],
  [
    'a metric that there is not',
    { omit: ['cepa_calls_total'] },
    /option omit.0 is "cepa_calls_total"; it must be one of "calls_total"/,
  ],
  ['labels that are one', { by: ['attributes.a.b', 'attributes.a_b'] }, /both would be the label attribute_a_b/],
  ['an unknown option', { path: '/metrics' } as never, /option path is given; there is no such option/],
])('%s is refused', (_, options, message) => {
  const make = () => prometheus({ source: sourceOf(), ...options })
  expect(make).toThrow(OptionError)
  expect(make).toThrow(message)
})

test('names are as Prometheus wants them', () => {
  const names = METRIC_FAMILIES.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, type, help } of METRIC_FAMILIES) {
    expect(name).toMatch(/^[a-z][a-z_]*$/)
    expect(name.endsWith('_total'), name).toBe(type === 'counter')
    expect(help, name).toMatch(/^[A-Z].*\.$/)
  }
})

test('the README lists every metric with its type and labels', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = readme.split('\n').flatMap((line) => {
    const [, name, type, labels, help] = line.split('|').map((cell) => cell.trim())
    return name?.startsWith('`cepa_') ? [{ name, type, labels, help }] : []
  })
  const whose = (dimensions: MetricFamily['dimensions']): string => {
    if (dimensions === 'all') return '_calls_'
    return dimensions.length === 0 ? '' : dimensions.includes('ending') ? '_attempts_' : '_in flight_'
  }
  const wanted = METRIC_FAMILIES.map(({ name, type, dimensions, labels, help }) => ({
    name: `\`cepa_${name}\``,
    type,
    labels: [whose(dimensions), ...labels.map((label) => `\`${label}\``)].filter(Boolean).join(' '),
    help,
  }))
  expect(rows).toEqual(wanted)
})
