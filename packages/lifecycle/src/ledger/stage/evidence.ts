import { readFile } from 'node:fs/promises'
import type { CallRecord, GroupRecord, MetricsSnapshot, Pipeline, TelemetryItem } from '@cepa/core'
import { getCacheMetrics } from '@cepa/middleware-cache'
import { getTokenTotals } from '@cepa/middleware-token-count'
import { DIMENSIONS } from '../compare/slices.ts'
import type { LayerTotals } from '../compare/totals.ts'
import type { Provider } from '../script/scene.ts'
import type { SeenSeries, SeenSpan } from './open-telemetry.ts'
import type { Stage } from './stage.ts'

/** Everything that telemetry told, in every form in which it tells it. */
export interface Evidence {
  /** As an exporter in the process was given it. */
  readonly records: readonly CallRecord[]
  readonly items: readonly TelemetryItem[]
  readonly groups: readonly GroupRecord[]
  /** As they stand in the file. */
  readonly fileRecords: readonly CallRecord[]
  /** In all, by each dimension, by all of them. */
  readonly snapshots: readonly MetricsSnapshot[]
  /** The text for Prometheus. */
  readonly text: string
  readonly spans: readonly SeenSpan[]
  readonly series: readonly SeenSeries[]
  /** The same metrics as they came over OTLP, made of records. */
  readonly otlpSeries: readonly SeenSeries[]
  /** Names of the attributes of the spans that came over OTLP. */
  readonly otlpSpanAttributes: readonly string[]
  /** What layers count by themselves. */
  readonly totals: Readonly<Record<Provider, LayerTotals>>
}

interface FileLine {
  readonly schema: string
}

async function recordsIn(path: string): Promise<readonly CallRecord[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  const parsed = lines.map((line) => JSON.parse(line) as FileLine)
  return parsed.filter(({ schema }) => schema.startsWith('cepa.call/')) as object[] as CallRecord[]
}

const totalsOf = (chat: Pipeline): LayerTotals => ({ tokens: getTokenTotals(chat).all, cache: getCacheMetrics(chat) })

/** Gathers it. @param path the file that records were written to. */
export async function gather(stage: Stage, path: string): Promise<Evidence> {
  for (const group of stage.groups.values()) group.end()
  await stage.watch.flush()
  const { watch, memory, metrics, otel } = stage
  const cuts = [[], ...DIMENSIONS.map((dimension) => [dimension]), DIMENSIONS]
  return {
    records: memory.records,
    items: memory.items,
    groups: memory.groups,
    fileRecords: await recordsIn(path),
    snapshots: cuts.map((by) => watch.metrics({ by, buckets: true })),
    text: metrics.text(),
    spans: otel.spans(),
    series: await otel.series(),
    otlpSeries: stage.collector.series(),
    otlpSpanAttributes: stage.collector.spanAttributes(),
    totals: { openai: totalsOf(stage.chats.openai), anthropic: totalsOf(stage.chats.anthropic) },
  }
}
