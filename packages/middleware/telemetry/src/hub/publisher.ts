import type { TelemetryItem } from '@cepa/core'

/** Where everything is published that exporters are given, and what is sampled out too; Node's diagnostics channels. */
export interface Publisher {
  /** Whether anybody listens. */
  wants(type: 'call' | 'group' | 'note'): boolean
  publish(item: TelemetryItem): void
}
