import type { SeenSeries } from '../stage/open-telemetry.ts'
import type { Counted } from './figure.ts'
import { type Finding, Findings } from './findings.ts'
import { nameOfSlice, type Slice, slicesOf, sumBy } from './slices.ts'

/** Seconds, as sums of doubles. */
const ROUNDING_S = 1e-6

const isHit = ({ account }: Counted): boolean => account.cache === 'hit'

/** Series of one metric, with the values of a slice and more. */
function seriesOf(all: readonly SeenSeries[], metric: string, more: Readonly<Record<string, string>>) {
  return all.filter(
    (series) =>
      series.metric === metric && Object.entries(more).every(([name, value]) => series.attributes[name] === value),
  )
}

const countOf = (series: readonly SeenSeries[]): number => sumBy(series, ({ count }) => count)
const sumOf = (series: readonly SeenSeries[]): number => sumBy(series, ({ sum }) => sum)

function compareTokens(findings: Findings, series: readonly SeenSeries[], { labels, calls }: Slice): void {
  for (const [type, name] of [
    ['input', 'inputTokens'],
    ['output', 'outputTokens'],
  ] as const) {
    const own = seriesOf(series, 'gen_ai.client.token.usage', { ...attributesOf(labels), 'gen_ai.token.type': type })
    const told = calls.filter(({ account }) => account.told?.[name] !== undefined)
    findings.same(
      `${type} tokens`,
      sumOf(own),
      sumBy(told, ({ account }) => account.told?.[name]),
    )
    findings.same(`calls with ${type} tokens`, countOf(own), told.length)
  }
}

const attributesOf = (labels: Slice['labels']): Readonly<Record<string, string>> => ({
  ...(labels.provider !== undefined && { 'gen_ai.provider.name': labels.provider }),
  ...(labels.model !== undefined && { 'gen_ai.request.model': labels.model }),
})

/** Durations lie between those of the records, which are measured further in, and those that callers saw. */
function compareDurations(findings: Findings, series: readonly SeenSeries[], { labels, calls }: Slice): void {
  const durations = seriesOf(series, 'gen_ai.client.operation.duration', attributesOf(labels))
  findings.same('durations', countOf(durations), calls.length)
  const least = sumBy(calls, ({ record, account }) => record.durations.totalMs - account.caller.end.overcountedMs)
  const most = sumBy(calls, ({ account }) => account.caller.endedAt - account.caller.startedAt)
  findings.atMost('durations of the records', least / 1000, sumOf(durations) + ROUNDING_S)
  findings.atMost('sum of durations', sumOf(durations), most / 1000 + ROUNDING_S)
  const errors = durations.filter(({ attributes }) => attributes['error.type'] !== undefined)
  const failed = calls.filter(({ account }) => account.ending === 'failed' || account.ending === 'aborted')
  findings.same('durations with an error', countOf(errors), failed.length)
}

function compareFirstChunks(findings: Findings, series: readonly SeenSeries[], { labels, calls }: Slice): void {
  const first = seriesOf(series, 'gen_ai.client.operation.time_to_first_chunk', attributesOf(labels))
  const streams = calls.filter((call) => call.record.durations.firstTokenMs !== undefined && !isHit(call))
  findings.same('first chunks', countOf(first), streams.length)
}

/** What the metrics of OpenTelemetry say otherwise than the ledgers: by provider and model, and in all. */
export function compareMetering(
  where: string,
  series: readonly SeenSeries[],
  calls: readonly Counted[],
): readonly Finding[] {
  const slices = [...slicesOf(calls, ['provider', 'model']), ...slicesOf(calls, ['provider']), { labels: {}, calls }]
  return slices.flatMap((slice) => {
    const findings = new Findings(`${where}: ${nameOfSlice(slice)}`)
    compareTokens(findings, series, slice)
    compareDurations(findings, series, slice)
    compareFirstChunks(findings, series, slice)
    return findings.found
  })
}
