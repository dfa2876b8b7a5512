import type { AttemptMetricRow, MetricBucket, MetricRow, MetricSpread, MetricsSnapshot } from '@cepa/core'
import type { Counted } from './figure.ts'
import { FIGURES, WORDS } from './figures.ts'
import { type Finding, Findings } from './findings.ts'
import { type Labels, nameOfLabels, nameOfSlice, type Slice, slicesOf, sumBy, tallyOf } from './slices.ts'

/** Percentiles may be off by as much. */
const PERCENTILE_ERROR = 0.01

/** Counts by word that were told, and those that they should be. */
interface TallyPair {
  readonly seen: Readonly<Record<string, number>>
  readonly expected: ReadonlyMap<string, number>
}

function compareTally(findings: Findings, name: string, { seen, expected }: TallyPair): void {
  for (const word of new Set([...Object.keys(seen), ...expected.keys()]))
    findings.same(`${name}.${word}`, seen[word] ?? 0, expected.get(word) ?? 0)
}

function compareRow(slice: Slice, row: MetricRow): readonly Finding[] {
  const findings = new Findings(`metrics of ${nameOfSlice(slice)}`)
  for (const { name, of, row: read, rounding } of FIGURES)
    findings.near(name, { seen: read(row) ?? 0, expected: sumBy(slice.calls, of) }, rounding)
  for (const { name, of } of WORDS)
    compareTally(findings, name, { seen: row[name], expected: tallyOf(slice.calls, ({ account }) => of(account)) })
  return findings.found
}

function compareBuckets(findings: Findings, buckets: readonly MetricBucket[], values: readonly number[]): void {
  for (const { le, count } of buckets)
    findings.same(`count up to ${le}`, count, values.filter((value) => value <= le).length)
}

/** Exact where it must be, and percentiles between the values next to their rank, with their error. */
function compareSpread(
  name: string,
  spread: MetricSpread | undefined,
  unsorted: readonly number[],
): readonly Finding[] {
  const findings = new Findings(`metrics: spread of ${name}`)
  const values = [...unsorted].sort((a, b) => a - b)
  findings.same('min', spread?.min, values[0])
  findings.same('max', spread?.max, values.at(-1))
  compareBuckets(findings, spread?.buckets ?? [], values)
  for (const share of [50, 90, 95, 99] as const) {
    const rank = (share / 100) * values.length
    const low = values[Math.max(0, Math.floor(rank) - 2)] ?? 0
    const high = values[Math.min(values.length - 1, Math.ceil(rank) + 1)] ?? 0
    const seen = spread?.[`p${share}`] ?? Number.NaN
    const held = seen >= low * (1 - PERCENTILE_ERROR) && seen <= high * (1 + PERCENTILE_ERROR)
    findings.holds(`p${share}`, held, { seen, low, high })
  }
  return findings.found
}

const known = <T>(items: readonly T[], of: (item: T) => number | undefined): readonly number[] =>
  items.flatMap((item) => of(item) ?? [])

function compareSpreads({ total }: MetricsSnapshot, calls: readonly Counted[]): readonly Finding[] {
  return [
    ...compareSpread(
      'inputTokens',
      total.inputTokens,
      known(calls, ({ account }) => account.spent?.inputTokens),
    ),
    ...compareSpread(
      'outputTokens',
      total.outputTokens,
      known(calls, ({ account }) => account.spent?.outputTokens),
    ),
    ...compareSpread(
      'durationMs',
      total.durationMs,
      known(calls, ({ record }) => record.durations.totalMs),
    ),
    ...compareSpread(
      'headersMs',
      total.headersMs,
      known(calls, ({ record }) => record.durations.headersMs),
    ),
    ...compareSpread(
      'firstTokenMs',
      total.firstTokenMs,
      known(calls, ({ record }) => record.durations.firstTokenMs),
    ),
  ]
}

/** One attempt with the values that it is told apart by. */
interface CountedAttempt {
  readonly labels: Labels
  readonly errorKind: string | undefined
}

/** The attempts of calls. */
export const attemptsOf = (calls: readonly Counted[]): readonly CountedAttempt[] =>
  calls.flatMap(({ account: { line, attempts } }) =>
    attempts.map(({ turn }) => ({
      labels: { provider: line.draft.provider, model: line.request.model, ending: turn.ends },
      errorKind: turn.errorKind,
    })),
  )

function compareAttempts(rows: readonly AttemptMetricRow[], calls: readonly Counted[]): readonly Finding[] {
  const attempts = attemptsOf(calls)
  const expected = tallyOf(attempts, ({ labels }) => nameOfLabels(labels))
  const findings = new Findings('metrics of attempts')
  const seen = Object.fromEntries(rows.map((row) => [nameOfLabels(row.labels), row.attempts]))
  compareTally(findings, 'attempts', { seen, expected })
  for (const row of rows) {
    const name = nameOfLabels(row.labels)
    const own = attempts.filter(({ labels }) => nameOfLabels(labels) === name)
    compareTally(findings, `${name}: errors`, { seen: row.errors, expected: tallyOf(own, (each) => each.errorKind) })
    findings.same(`${name}: durations`, row.durationMs?.count, own.length)
  }
  return findings.found
}

/** What a snapshot says otherwise than the ledgers, row by row. */
export function compareMetrics(snapshot: MetricsSnapshot, calls: readonly Counted[]): readonly Finding[] {
  const slices = slicesOf(calls, snapshot.by as never)
  const rows = new Map(snapshot.rows.map((row) => [nameOfLabels(row.labels), row]))
  const findings = new Findings(`metrics by ${snapshot.by.join(', ') || 'nothing'}`)
  findings.same('number of rows', rows.size, slices.length)
  findings.same('values that were too many', Object.keys(snapshot.overflow).length, 0)
  findings.same(
    'calls in flight',
    sumBy(snapshot.inFlight, (row) => row.calls),
    0,
  )
  const perSlice = slices.flatMap((slice) => {
    const row = rows.get(nameOfLabels(slice.labels))
    return row ? compareRow(slice, row) : [`metrics have no row of ${nameOfSlice(slice)}`]
  })
  const total = compareRow({ labels: {}, calls }, snapshot.total).map((finding) => `${finding} (by ${snapshot.by})`)
  const whole = snapshot.by.length === 0 ? compareSpreads(snapshot, calls) : []
  const attempts = ['provider', 'model', 'ending'].every((name) => snapshot.by.includes(name))
    ? compareAttempts(snapshot.attempts, calls)
    : []
  return [...findings.found, ...perSlice, ...total, ...whole, ...attempts]
}
