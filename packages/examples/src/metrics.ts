import type { MetricRow } from 'cepa'
import { dollars, ms } from './observations.ts'
import type { Column } from './table.ts'

/** What the calls with one provider came to, under its name. */
export interface NamedRow {
  readonly name: string
  readonly row: MetricRow
}

/** A row for each provider, and one for all where there are several. */
export const metricRows = (rows: readonly MetricRow[], total: MetricRow): readonly NamedRow[] => [
  ...rows.map((row) => ({ name: row.labels.provider ?? '–', row })),
  ...(rows.length > 1 ? [{ name: 'all', row: total }] : []),
]

const counts = (words: Readonly<Record<string, number>>): string =>
  Object.entries(words)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ') || '–'

const pair = (spread: { readonly p50: number; readonly p95: number } | undefined): string =>
  spread === undefined ? '–' : `${Math.round(spread.p50)} / ${ms(spread.p95)}`

const whole = (value: number | undefined): string => (value === undefined ? '–' : String(value))

function hits({ cacheOutcomes, cacheHitRatio }: MetricRow): string {
  if (cacheHitRatio === undefined) return '–'
  const { hit = 0, stale = 0, joined = 0 } = cacheOutcomes
  return `${hit + stale + joined} (${Math.round(cacheHitRatio * 100)} %)`
}

/** The summary of metrics. */
export const METRIC_COLUMNS: readonly Column<NamedRow>[] = [
  { head: 'provider', cell: ({ name }) => name },
  { head: 'calls', cell: ({ row }) => String(row.calls), right: true },
  { head: 'endings', cell: ({ row }) => counts(row.endings) },
  { head: 'retries', cell: ({ row }) => String(row.retries), right: true },
  { head: 'total', cell: ({ row }) => pair(row.durationMs), right: true },
  { head: 'first token', cell: ({ row }) => pair(row.firstTokenMs), right: true },
  { head: 'in', cell: ({ row }) => whole(row.inputTokens?.sum), right: true },
  { head: 'out', cell: ({ row }) => whole(row.outputTokens?.sum), right: true },
  { head: 'cost', cell: ({ row }) => dollars(row.costUsd?.sum), right: true },
  { head: 'cache hits', cell: ({ row }) => hits(row), right: true },
]
