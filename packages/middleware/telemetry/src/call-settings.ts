import type { CallRecord } from '@cepa/core'
import type { SamplingRules } from './sampling/sampler.ts'

/** How much is told. `off`: nothing is exported. `errors`: records of what went wrong. `calls`: all records. `notes`: notes too, to exporters that want them. */
export type TelemetryLevel = 'off' | 'errors' | 'calls' | 'notes'

/** Which content is captured: none, what was asked, what was answered, both, or keyed hashes of both. */
export type Capture = 'none' | 'request' | 'answer' | 'all' | 'hashes'

/** What holds for one call: fixed when it begins, whatever is changed while it runs. */
export interface CallSettings {
  readonly level: TelemetryLevel
  readonly capture: Capture
  readonly sampling: SamplingRules
  readonly filter: ((record: CallRecord) => boolean) | undefined
  /** The caller wants this one kept. */
  readonly keep: boolean
}

const LEVELS: readonly TelemetryLevel[] = ['off', 'errors', 'calls', 'notes']

/** Whether a level is at least another one. */
export const atLeast = (level: TelemetryLevel, least: TelemetryLevel): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(least)
