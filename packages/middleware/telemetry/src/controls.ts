import { type CallRecord, checkOptions, number, type OptionRules } from '@cepa/core'
import { compileFilter, type RecordFilter } from './filter.ts'
import type { Hub } from './hub/hub.ts'
import type { TelemetryStats } from './hub/stats.ts'
import { insightOf, type TelemetryInsight } from './insight.ts'
import type { TelemetryLayer } from './layer.ts'
import type { Observers, TelemetryObserver } from './listeners.ts'
import type { Live, Settings, TelemetryUpdate } from './settings.ts'

interface Deadline {
  readonly deadlineMs?: number
}

/** What can be done with a telemetry beside standing in stacks. */
export interface TelemetryControls extends TelemetryInsight {
  /**
   * Delivers everything that has been told so far. Never throws.
   *
   * @returns whether that was done, or given up, within `deadlineMs` (default: the option of that name).
   */
  flush(options?: Deadline): Promise<boolean>
  /** Delivers what there is and releases the exporters; what is left at the deadline is counted as lost. Never throws. */
  close(options?: Deadline): Promise<boolean>
  /**
   * Changes what holds from the next call on; calls that run keep what held when they began.
   *
   * @throws {OptionError}
   */
  update(change: TelemetryUpdate): void
  /** Every record, redacted, without content: before level, filter and sample. Gives the function that ends it. */
  onRecord(listener: (record: CallRecord) => void): () => void
  /**
   * The same of the records that a filter lets through.
   *
   * @throws {OptionError} for a filter that cannot be right.
   *
   * @example
   * telemetry.subscribe({ ending: 'failed', provider: 'openai' }, (record) => page(record.error?.message))
   */
  subscribe(filter: RecordFilter, listener: (record: CallRecord) => void): () => void
  /** Watches calls begin and end, records and notes: what metrics are made of. Gives the function that ends it. */
  observe(observer: TelemetryObserver): () => void
  /** What became of what was told: calls in flight, records kept and dropped, and for each exporter what was delivered and lost. */
  stats(): TelemetryStats
}

const RULES: OptionRules<Deadline> = { deadlineMs: number({ min: 0 }) }

/** The controls over the parts of a telemetry. */
export function controlsOf(parts: {
  readonly settings: Settings
  readonly live: Live
  readonly hub: Hub
  readonly layer: TelemetryLayer
  readonly observers: Observers
}): TelemetryControls {
  const { settings, live, hub, layer, observers } = parts
  const within = (owner: string, given: Deadline | undefined): number =>
    checkOptions<Deadline, typeof RULES>(owner, RULES, given).deadlineMs ?? settings.deadlineMs
  return {
    flush: async (options) => hub.flush(within('telemetry.flush', options)),
    close: async (options) => hub.close(within('telemetry.close', options)),
    update: (change) => live.update(change),
    onRecord: (listener) => observers.add({ record: listener }),
    subscribe(filter, listener) {
      const admits = compileFilter(filter)
      return observers.add({
        record(record) {
          if (admits?.(record) ?? true) listener(record)
        },
      })
    },
    observe: (observer) => observers.add(observer),
    stats: () => hub.stats(layer.inFlight),
    ...insightOf({ ...settings, options: settings.metrics, observers, takeIn: () => hub.takeIn() }),
  }
}
