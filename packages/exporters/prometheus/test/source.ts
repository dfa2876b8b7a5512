import type {
  MetricRow,
  MetricSpread,
  MetricsSnapshot,
  MetricsSource,
  ProviderStatus,
  TelemetryHealth,
} from '@cepa/core'

/** A spread of one bucket. */
export const spread = (sum: number, count = 1): MetricSpread => ({
  count,
  sum,
  mean: sum / count,
  min: 0,
  max: sum,
  p50: 0,
  p90: 0,
  p95: 0,
  p99: 0,
  buckets: [{ le: 640, count: 1 }],
})

/** A row of one call, with what is said of it. */
export const rowOf = (said: Partial<MetricRow> = {}): MetricRow => ({
  labels: {},
  calls: 1,
  endings: { done: 1 },
  errors: {},
  detachedCalls: 0,
  attempts: 1,
  retries: 0,
  faults: 0,
  consumerMs: 0,
  unmeteredCalls: 0,
  unpricedCalls: 0,
  cacheOutcomes: {},
  ...said,
})

/** A source that has always the same to say. */
export function sourceOf(said: Partial<MetricsSnapshot> = {}, more: Partial<MetricsSource> = {}): MetricsSource {
  return {
    metricDimensions: ['provider', 'attributes.tenant'],
    metrics: ({ by = [] } = {}) => ({
      schema: 'cepa.metrics/1',
      sinceMs: 0,
      atMs: 0,
      by,
      total: rowOf(),
      rows: [],
      attempts: [],
      inFlight: [],
      overflow: {},
      ...said,
    }),
    ...more,
  }
}

/** A view in which every family has samples, with numbers of every length. */
export function everything(): {
  readonly snapshot: MetricsSnapshot
  readonly providers: readonly ProviderStatus[]
  readonly health: TelemetryHealth
} {
  const some = spread(1e-7)
  const spreads = {
    ...{ durationMs: some, providerMs: some, headersMs: some, firstTokenMs: some, outputTokensPerSecond: some },
    ...{ inputTokens: some, outputTokens: some, costUsd: some },
  }
  const sums = {
    ...{ tokenGaps: 1e21, tokenGapMs: 1, cacheReadTokens: 1, cacheWriteTokens: 1, reasoningTokens: 1 },
    ...{ savedInputTokens: 1, savedOutputTokens: 1, savedUsd: 1, savedMs: 1 },
    ...{ bytesSent: 1, bytesReceived: 1, wireBytesReceived: 1 },
  }
  const row = rowOf({ ...spreads, ...sums, errors: { timeout: 1 }, cacheOutcomes: { hit: 1 } })
  return {
    snapshot: {
      schema: 'cepa.metrics/1',
      ...{ sinceMs: 0, atMs: 0, by: [], total: row, rows: [row] },
      attempts: [{ labels: { provider: 'p' }, attempts: 1, errors: { server: 1 }, durationMs: some }],
      inFlight: [{ labels: {}, calls: 1 }],
      overflow: { model: 1 },
    },
    providers: [{ provider: 'p', state: 'up', sinceMs: 0, attempts: 1, failed: 0, limited: 0, lastSeenMs: 0 }],
    health: {
      ...{ records: 1, kept: 1, filtered: 1, sampledOut: 1, overRate: 1, withheld: 1, overrun: 1 },
      exporters: [{ name: 'e', waiting: 1, delivered: 1, lost: { full: 1 } }],
    },
  }
}
