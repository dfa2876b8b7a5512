import {
  type Clock,
  type MetricDimension,
  type MetricsQuery,
  type MetricsSnapshot,
  type MetricsSource,
  OptionError,
  type ProviderStatus,
} from '@cepa/core'
import type { Observers } from './listeners.ts'
import { CallMetrics, type MetricsReader } from './metrics/call-metrics.ts'
import type { MetricsOptions } from './metrics/metrics-options.ts'
import { type Alert, type AlertEvent, watchAlert } from './monitoring/alert.ts'
import type { AlertRule } from './monitoring/alert-rule.ts'
import { type ProviderChange, ProviderWatch } from './monitoring/provider-watch.ts'
import type { Problem } from './problem.ts'

/** What a telemetry knows of its calls as a whole: of every call, before level, filter and sample. */
export interface TelemetryInsight extends Omit<MetricsSource, 'stats'> {
  /**
   * What calls came to since this telemetry was made or told to forget: numbers, durations, tokens, cost, errors, as plain data.
   *
   * @throws {OptionError} for a dimension that is not kept, and where metrics are not enabled; so do the next four.
   *
   * @example
   * const { total, rows } = telemetry.metrics({ by: ['provider', 'model'] })
   * for (const { labels, calls, durationMs, costUsd } of rows) console.log(labels, calls, durationMs?.p95, costUsd?.sum)
   */
  metrics(query?: MetricsQuery): MetricsSnapshot
  /** The dimensions that can be asked for. */
  readonly metricDimensions: readonly MetricDimension[]
  /** What comes from now on, reading by reading: for whoever wants differences. Touches nothing else. */
  metricsReader(query?: MetricsQuery): MetricsReader
  /** Forgets all calls that have ended. What Prometheus reads begins at 0 again, which it understands. */
  resetMetrics(): void
  /** How each provider does that has been asked. */
  providers(): readonly ProviderStatus[]
  /** Tells when a provider does otherwise than before. Gives the function that ends it. */
  onProviderChange(listener: (change: ProviderChange) => unknown): () => void
  /**
   * Tells once when a limit is passed, and once when all is well again.
   *
   * @throws {OptionError} for a rule that cannot be right.
   *
   * @example
   * telemetry.alert({ name: 'errors', metric: 'errorRate', above: 0.05, windowMs: 300_000 }, ({ type, value }) => page(type, value))
   */
  alert(rule: AlertRule, listener: (event: AlertEvent) => unknown): Alert
}

/** What insight stands on. */
export interface InsightParts {
  readonly options: MetricsOptions | undefined
  readonly clock: Clock
  readonly observers: Observers
  readonly report: (problem: Problem) => void
  /** Hands over what has ended and not been told yet. */
  readonly takeIn: () => void
}

function refuse(): never {
  const remedy = 'leave it out, or make it true'
  throw new OptionError({ owner: 'telemetry', field: 'metrics.enabled', value: 'false', remedy })
}

/** Makes what a telemetry knows of its calls as a whole. */
export function insightOf(parts: InsightParts): TelemetryInsight {
  const { options = {}, clock, observers, takeIn } = parts
  const enabled = options.enabled ?? true
  const metrics = new CallMetrics(options, clock)
  const providers = new ProviderWatch(parts)
  if (enabled) for (const observer of [metrics, providers]) observers.add(observer)
  /** As of now: calls that have ended are counted, also those whose record is still to be made. */
  const upToDate = <T>(look: () => T): T => {
    if (!enabled) refuse()
    takeIn()
    return look()
  }
  return {
    metrics: (query) => upToDate(() => metrics.snapshot(query)),
    metricDimensions: metrics.dimensions,
    metricsReader(query) {
      const reader = upToDate(() => metrics.reader(query))
      return { read: () => upToDate(() => reader.read()), close: () => reader.close() }
    },
    resetMetrics: () => upToDate(() => metrics.reset()),
    providers: () => upToDate(() => providers.statuses()),
    onProviderChange: (listener) => upToDate(() => providers.onChange(listener)),
    alert(rule, listener) {
      const { alert, observer } = watchAlert(rule, listener, parts)
      const leave = observers.add(observer)
      return {
        name: alert.name,
        get isFiring() {
          return alert.isFiring
        },
        value: () => alert.value(),
        stop() {
          leave()
          alert.stop()
        },
      }
    },
  }
}
