import { type Quantiles, TIMED_HOOKS } from '@cepa/core'
import type { CallSeries } from './call-series.ts'
import type { LayerTimes } from './layer-times.ts'
import type { LayerProfile, Profile, ProfileLabels, ProfileReport, TimeSpread } from './profile-data.ts'
import { type Entry, mergedSeries, type SeriesTable } from './series-table.ts'
import type { StackPlace, StackPlaces } from './stack-places.ts'

const over = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)

function spreadOf(times: Quantiles, wallMs: number): TimeSpread {
  const at = (share: number): number => times.quantile(share) ?? 0
  return {
    calls: times.count,
    totalMs: times.sum,
    share: over(times.sum, wallMs),
    meanMs: times.mean ?? 0,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: times.max ?? 0,
  }
}

function layerProfile({ pipeline, layer }: StackPlace, times: LayerTimes, wallMs: number): LayerProfile {
  const { count } = times.self
  const hooks = TIMED_HOOKS.map((hook, number) => ({
    hook,
    runs: times.runs[number] as number,
    totalMs: times.ms[number] as number,
  })).filter(({ runs, totalMs }) => runs > 0 || totalMs > 0)
  return {
    pipeline,
    layer,
    runs: hooks.reduce((sum, { runs }) => sum + runs, 0),
    ...spreadOf(times.self, wallMs),
    wayInMs: over(times.phaseMs('wayIn'), count),
    perEventMs: over(times.phaseMs('perEvent'), times.events),
    wayOutMs: over(times.phaseMs('wayOut'), count),
    notesMs: over(times.phaseMs('notes'), count),
    hooks,
  }
}

function profileOf(labels: ProfileLabels, series: CallSeries, places: StackPlaces): Profile {
  const wallMs = series.wall.sum
  const layers = places.ordered.flatMap((place) => {
    const times = series.layers[place.id]
    return times ? [layerProfile(place, times, wallMs)] : []
  })
  const provider = spreadOf(series.provider, wallMs)
  const consumer = spreadOf(series.consumer, wallMs)
  const sum = layers.reduce((total, { totalMs }) => total + totalMs, provider.totalMs + consumer.totalMs)
  return {
    labels,
    calls: series.wall.count,
    events: series.events,
    timedEvents: series.timedEvents,
    wall: spreadOf(series.wall, wallMs),
    layers,
    provider,
    consumer,
    accounted: wallMs > 0 ? sum / wallMs : 1,
  }
}

/** The profiles of groups: by provider all its models in one, by model each by itself. */
function groupsOf(by: 'provider' | 'model', { entries }: SeriesTable, places: StackPlaces): readonly Profile[] {
  if (by === 'model') {
    return entries.map(({ provider, model, series }) => profileOf({ provider, model }, series, places))
  }
  const members = Map.groupBy<string, Entry>(entries, ({ provider }) => provider)
  return [...members].map(([provider, its]) => profileOf({ provider }, mergedSeries(its), places))
}

/** What is known of the calls. */
export function profileReport(
  table: SeriesTable,
  places: StackPlaces,
  by: 'provider' | 'model' | undefined,
): ProfileReport {
  return {
    total: profileOf({}, mergedSeries(table.entries), places),
    groups: by ? groupsOf(by, table, places) : [],
    overflow: table.overflow,
  }
}
