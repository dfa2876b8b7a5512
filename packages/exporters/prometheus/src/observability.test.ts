import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { promtool, root } from '../test/promtool.ts'
import { METRIC_FAMILIES, type MetricFamily } from './index.ts'

const DASHBOARD = `${root}docs/observability/grafana-dashboard.json`
const ALERTS = `${root}docs/observability/prometheus-alerts.yml`
const PLAYED = `${root}packages/exporters/prometheus/test/alerts.yml`

/** Every sample name there is, with the metric that it is of. */
const FAMILY_OF = new Map<string, MetricFamily>(
  METRIC_FAMILIES.flatMap((family) => {
    const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    return suffixes.map((suffix) => [`cepa_${family.name}${suffix}`, family] as const)
  }),
)

/** What calls are told apart by unless a telemetry is told otherwise. */
const KEPT = ['operation', 'provider', 'model', 'ending']

function labelsOf({ dimensions, labels, type }: MetricFamily): readonly string[] {
  const own = dimensions === 'all' ? KEPT : KEPT.filter((each) => (dimensions as readonly string[]).includes(each))
  return [...own, ...labels, ...(type === 'histogram' ? ['le'] : [])]
}

/** What is wrong with the names in an expression. */
function problemsOf(expression: string): readonly string[] {
  const names = expression.match(/\bcepa_[a-z0-9_]+/g) ?? []
  const unknown = names.filter((name) => !FAMILY_OF.has(name))
  if (unknown.length > 0) return unknown
  const known = new Set(names.flatMap((name) => labelsOf(FAMILY_OF.get(name) as MetricFamily)))
  const matched = [...expression.matchAll(/(cepa_[a-z0-9_]+)\{([^}]*)\}/g)].flatMap(([, name = '', matchers = '']) =>
    [...matchers.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)]
      .map(([, label = '']) => label)
      .filter((label) => !labelsOf(FAMILY_OF.get(name) as MetricFamily).includes(label))
      .map((label) => `${name} has no label ${label}`),
  )
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)]
    .flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()))
    .filter((label) => !known.has(label))
  return [...matched, ...grouped.map((label) => `nothing has a label ${label}`)]
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets?: readonly { readonly expr: string }[]
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  }[]
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] }
}

const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const variables = dashboard.templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe('the check of names', () => {
  test('finds a metric, a label and a grouping that there are not', () => {
    expect(problemsOf('rate(cepa_call_total[5m])')).toEqual(['cepa_call_total'])
    expect(problemsOf('rate(cepa_call_duration_seconds[5m])')).toEqual(['cepa_call_duration_seconds'])
    expect(problemsOf('cepa_calls_total{kind="timeout"}')).toEqual(['cepa_calls_total has no label kind'])
    expect(problemsOf('sum by (outcome) (cepa_calls_total)')).toEqual(['nothing has a label outcome'])
    expect(problemsOf('sum by (provider, le) (rate(cepa_call_duration_seconds_bucket{model="m"}[5m]))')).toEqual([])
  })
})

describe('the dashboard', () => {
  test('asks for metrics and labels that there are', () => {
    expect(queries.length).toBeGreaterThan(30)
    expect([...queries, ...variables].flatMap(problemsOf)).toEqual([])
  })

  test('shows every metric but those that are only histograms of others', () => {
    const shown = new Set(
      queries.flatMap((query) => query.match(/\bcepa_[a-z0-9_]+/g) ?? []).map((name) => FAMILY_OF.get(name)),
    )
    const hidden = METRIC_FAMILIES.filter((family) => !shown.has(family)).map(({ name }) => name)
    expect(hidden).toEqual([
      'reader_seconds_total',
      'cache_write_tokens_total',
      'call_input_tokens',
      'call_output_tokens',
      'cache_saved_seconds_total',
      'cache_saved_input_tokens_total',
      'cache_saved_output_tokens_total',
      'detached_calls_total',
      'hook_faults_total',
      'label_overflow_total',
      'exporter_delivered_items_total',
    ])
  })

  test('has no panels over each other', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)}:${y + Math.floor(index / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })

  test('has queries that Prometheus understands', (context) => {
    const rules = queries
      .map((query) => query.replaceAll('$__rate_interval', '5m').replaceAll(/\$(?:provider|model)/g, '.*'))
      .map((expr, index) => `      - { record: 'q:${index}', expr: ${JSON.stringify(expr)} }`)
    const text = (lines: readonly string[]) => ['groups:', '  - name: dashboard', '    rules:', ...lines].join('\n')
    const { ok, output } = promtool(context, ['check', 'rules', written('dashboard.yml', text(rules))])
    expect(output).toContain(`SUCCESS: ${queries.length} rules found`)
    expect(ok).toBe(true)
    const broken = written('broken.yml', text([...rules, `      - { record: 'q:x', expr: 'sum by (model' }`]))
    expect(promtool(context, ['check', 'rules', broken]).ok).toBe(false)
  })
})

describe('the alert rules', () => {
  const rules = readFileSync(ALERTS, 'utf8')

  test('ask for metrics and labels that there are', () => {
    const expressions = [...rules.matchAll(/expr: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)/g)].map(
      ([, block, line]) => block ?? line ?? '',
    )
    expect(expressions).toHaveLength((rules.match(/- alert: /g) ?? []).length)
    expect(expressions.flatMap(problemsOf)).toEqual([])
    expect(
      (rules.match(/\bcepa_[a-z0-9_]+/g) ?? []).filter((name) => name !== 'cepa_' && !FAMILY_OF.has(name)),
    ).toEqual([])
  })

  test('fire when they should, by promtool', (context) => {
    expect(promtool(context, ['check', 'rules', ALERTS]).output).toContain('SUCCESS')
    expect(promtool(context, ['test', 'rules', PLAYED])).toMatchObject({ ok: true })
  })

  test('and would be caught if they did not', (context) => {
    const file = written('changed.yml', rules.replace('> 0.05', '> 0.5'))
    const played = written(
      'played.yml',
      readFileSync(PLAYED, 'utf8').replace(/- .*prometheus-alerts\.yml/, `- ${file}`),
    )
    const { ok, output } = promtool(context, ['test', 'rules', played])
    expect(ok).toBe(false)
    expect(output).toContain('CepaErrorRateHigh')
  })
})

test('the page asks for metrics and labels that there are', () => {
  const page = readFileSync(`${root}docs/observability.md`, 'utf8')
  const expressions = [...page.matchAll(/`([^`\n]*\bcepa_[^`\n]*)`/g)].map(([, expression = '']) => expression)
  expect(expressions.length).toBeGreaterThanOrEqual(5)
  expect(expressions.flatMap(problemsOf)).toEqual([])
})
