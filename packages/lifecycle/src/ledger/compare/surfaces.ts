import type { CallRecord } from '@cepa/core'
import type { Account } from '../account/account.ts'
import type { Evidence } from '../stage/evidence.ts'
import { compareCallers } from './callers.ts'
import type { Counted } from './figure.ts'
import type { Finding } from './findings.ts'
import { compareGroups } from './groups.ts'
import { compareMetrics } from './metrics.ts'
import { compareMetering } from './open-telemetry-metrics.ts'
import { comparePrometheus } from './prometheus.ts'
import { compareRecord, keyOfRecord, nameOf } from './record.ts'
import { compareSpans } from './spans.ts'
import { compareTotals } from './totals.ts'

/** Every call has one record, and every record is of a call. */
function compareRecords(where: string, records: readonly CallRecord[], accounts: readonly Account[]) {
  const byKey = Map.groupBy(records, keyOfRecord)
  const seen = accounts.filter(({ line }) => !line.scene.unseen)
  const known = new Set(seen.map(({ key }) => key))
  const strange = records.filter((record) => !known.has(keyOfRecord(record)))
  const perCall = seen.flatMap((account) => {
    const own = byKey.get(account.key) ?? []
    const many = own.length === 1 ? [] : [`record ${nameOf(account)}: there are ${own.length}`]
    return [...many, ...own.flatMap((record) => compareRecord(record, account))]
  })
  return [...perCall, ...strange.map((record) => `record ${keyOfRecord(record)}: there should be none`)].map(
    (finding) => `${where}: ${finding}`,
  )
}

/** Calls with their records; those that have none have been found out already. */
function countedOf(records: readonly CallRecord[], accounts: readonly Account[]): readonly Counted[] {
  const byKey = new Map(records.map((record) => [keyOfRecord(record), record]))
  return accounts.flatMap((account) => {
    const record = byKey.get(account.key)
    return record ? [{ account, record }] : []
  })
}

/** Names of the groups of calls, with those around them. */
const groupsIn = (accounts: readonly Account[]): readonly string[] => [
  ...new Set(
    accounts.flatMap(({ line, line: { group } }) =>
      group === undefined || line.scene.unseen
        ? []
        : group.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/')),
    ),
  ),
]

/** A form in which telemetry tells what it knows, and what is compared of it. */
export type Surface =
  | 'callers'
  | 'exporter'
  | 'file'
  | 'metrics'
  | 'Prometheus'
  | 'spans'
  | 'OpenTelemetry metrics'
  | 'OTLP'
  | 'groups'
  | 'totals'

type Compare = (accounts: readonly Account[], evidence: Evidence) => readonly Finding[]

/** What is wrong with each surface. */
export const SURFACES: Readonly<Record<Surface, Compare>> = {
  callers: (accounts) => compareCallers(accounts),
  exporter: (accounts, { records }) => compareRecords('exporter', records, accounts),
  file: (accounts, { fileRecords }) => compareRecords('file', fileRecords, accounts),
  metrics(accounts, { records, snapshots }) {
    const calls = countedOf(records, accounts)
    return snapshots.flatMap((snapshot) => compareMetrics(snapshot, calls))
  },
  Prometheus: (accounts, { records, text }) => comparePrometheus(text, countedOf(records, accounts)),
  spans: (accounts, { records, spans }) => compareSpans(spans, accounts, countedOf(records, accounts)),
  'OpenTelemetry metrics': (accounts, { records, series }) =>
    compareMetering('OpenTelemetry metrics', series, countedOf(records, accounts)),
  OTLP: (accounts, { records, otlpSeries, otlpSpanAttributes }) => [
    ...compareMetering('OTLP', otlpSeries, countedOf(records, accounts)),
    // tracing() has made the spans of calls: usage on another one would count twice
    ...otlpSpanAttributes.filter((name) => name.startsWith('gen_ai.usage.')).map((name) => `OTLP: a span has ${name}`),
  ],
  totals: (accounts, { totals }) => compareTotals(totals, accounts),
  groups: (accounts, { groups }) => compareGroups(groups, groupsIn(accounts), accounts),
}
