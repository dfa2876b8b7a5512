import type { AttemptMetricRow, MetricLabels, MetricRow, MetricSpread } from '@cepa/core'
import type { Labels, MetricFamily, Sample, View } from './family.ts'
import { labelsOf } from './label-names.ts'

/** Rows of a snapshot, each with the labels of its dimensions. */
type RowsOf<T extends { readonly labels: MetricLabels }> = (view: View) => readonly T[]

type Basics = Pick<MetricFamily, 'name' | 'help'>

const calls: RowsOf<MetricRow> = ({ snapshot }) => snapshot.rows
const attempts: RowsOf<AttemptMetricRow> = ({ snapshot }) => snapshot.attempts

/** Dimensions that attempts have. */
const OF_ATTEMPTS = ['provider', 'model', 'ending'] as const

/** What a kind of family is made of. */
interface Kind<T extends { readonly labels: MetricLabels }> {
  readonly rows: RowsOf<T>
  readonly dimensions: MetricFamily['dimensions']
}

const OF_CALLS: Kind<MetricRow> = { rows: calls, dimensions: 'all' }
const OF_TRIES: Kind<AttemptMetricRow> = { rows: attempts, dimensions: OF_ATTEMPTS }

function counter<T extends { readonly labels: MetricLabels }>(
  { rows, dimensions }: Kind<T>,
  basics: Basics,
  of: (row: T) => number | undefined,
): MetricFamily {
  const samples = (view: View): readonly Sample[] =>
    rows(view).flatMap((row) => {
      const value = of(row)
      return value === undefined ? [] : [{ labels: labelsOf(row), value }]
    })
  return { ...basics, type: 'counter', dimensions, labels: [], samples }
}

function tally<T extends { readonly labels: MetricLabels }>(
  { rows, dimensions }: Kind<T>,
  basics: Basics & { readonly label: string },
  of: (row: T) => Readonly<Record<string, number>>,
): MetricFamily {
  const { label, ...rest } = basics
  const samples = (view: View): readonly Sample[] =>
    rows(view).flatMap((row) =>
      Object.entries(of(row)).map(([word, value]) => ({ labels: labelsOf(row), own: [label, word] as const, value })),
    )
  return { ...rest, type: 'counter', dimensions, labels: [label], samples }
}

/** The samples of one histogram. @param divisor from the unit of the values to that of the metric. */
function histogramSamples(labels: Labels, { buckets = [], count, sum }: MetricSpread, divisor: number): Sample[] {
  const bucket = (le: string, value: number): Sample => ({ suffix: '_bucket', labels, own: ['le', le], value })
  return [
    ...buckets.map(({ le, count: value }) => bucket(String(le / divisor), value)),
    bucket('+Inf', count),
    { suffix: '_sum', labels, value: sum / divisor },
    { suffix: '_count', labels, value: count },
  ]
}

function histogram<T extends { readonly labels: MetricLabels }>(
  { rows, dimensions }: Kind<T>,
  basics: Basics & { readonly divisor?: number },
  of: (row: T) => MetricSpread | undefined,
): MetricFamily {
  const { divisor = 1, ...rest } = basics
  const samples = (view: View): readonly Sample[] =>
    rows(view).flatMap((row) => {
      const spread = of(row)
      return spread === undefined ? [] : histogramSamples(labelsOf(row), spread, divisor)
    })
  return { ...rest, type: 'histogram', dimensions, labels: [], samples }
}

/** A counter over calls. */
export const callCounter = (name: string, help: string, of: (row: MetricRow) => number | undefined): MetricFamily =>
  counter(OF_CALLS, { name, help }, of)

/** A counter over calls, told apart by one more label. */
export const callTally = (
  basics: Basics & { readonly label: string },
  of: (row: MetricRow) => Readonly<Record<string, number>>,
): MetricFamily => tally(OF_CALLS, basics, of)

/** A histogram over calls. */
export const callHistogram = (
  name: string,
  help: string,
  of: (row: MetricRow) => MetricSpread | undefined,
): MetricFamily => histogram(OF_CALLS, { name, help }, of)

/** A histogram over calls of what is measured in milliseconds, in seconds. */
export const callSeconds = (
  name: string,
  help: string,
  of: (row: MetricRow) => MetricSpread | undefined,
): MetricFamily => histogram(OF_CALLS, { name, help, divisor: 1000 }, of)

/** The families over attempts. */
export const ATTEMPT_FAMILIES: readonly MetricFamily[] = [
  counter(
    OF_TRIES,
    { name: 'attempts_total', help: 'Tries at a provider, by the one that was asked.' },
    (row) => row.attempts,
  ),
  tally(
    OF_TRIES,
    { name: 'attempt_errors_total', help: 'Tries at a provider that failed, by what went wrong.', label: 'kind' },
    (row) => row.errors,
  ),
  histogram(
    OF_TRIES,
    { name: 'attempt_duration_seconds', help: 'Start of a try at a provider to its end.', divisor: 1000 },
    (row) => row.durationMs,
  ),
]
