import {
  type Clock,
  type Exporter,
  group as fields,
  flag,
  func,
  having,
  integer,
  list,
  number,
  type OptionRules,
  oneOf,
  type Rule,
  text,
} from '@cepa/core'
import type { Capture, TelemetryLevel } from './call-settings.ts'
import { FILTER, type RecordFilter } from './filter.ts'
import type { Group } from './group/group.ts'
import { EXPORTER, type ExporterUse } from './hub/exporter-use.ts'
import { METRICS_RULES, type MetricsOptions } from './metrics/metrics-options.ts'
import type { Problem } from './problem.ts'
import { REDACT_RULES, type RedactOptions } from './redact-options.ts'

/** Keeps something alive until a promise has settled; what serverless platforms call `waitUntil`. */
export type WaitUntil = (work: Promise<unknown>) => void

/** Which records are kept. What is dropped is still counted, and in the metrics. */
export interface SampleOptions {
  /** Share of all traces, from 0 to 1, chosen by trace id. Default: 1. */
  readonly ratio?: number
  /** Keeps what went wrong whatever the ratio: failed calls, missed deadlines, broken hooks. Default: `true`. */
  readonly keepErrors?: boolean
  /** Keeps calls that waited longer for their provider, in milliseconds. Default: none. */
  readonly slowMs?: number
  /** Keeps calls that cost as much, in US dollars. Default: none. */
  readonly costlyUsd?: number
  /** Most records a second, and as many again of those that are kept by a rule. Default: no limit. */
  readonly recordsPerSecond?: number
}

/** What a call may have otherwise: `layers: { telemetry: { capture: 'none' } }`. */
export interface TelemetryCallOptions {
  readonly level?: TelemetryLevel
  readonly capture?: Capture
  /** Keeps the record of this call whatever is sampled. */
  readonly keep?: boolean
  /** Told of the promise that everything this call told has been delivered. */
  readonly waitUntil?: WaitUntil
}

/** What {@link telemetry} takes. */
export interface TelemetryOptions<TName extends string = string> {
  /** Another name. Default: `telemetry`. */
  readonly name?: TName
  /** Where records and notes go; with how they are used, where that is not what the exporter likes itself. Default: none. */
  readonly exporters?: readonly (Exporter | ExporterUse)[]
  /** How much is told: `off`, `errors`, `calls` or `notes`. Default: `notes`, to exporters that want them. */
  readonly level?: TelemetryLevel
  readonly sample?: SampleOptions
  /** Records that are let through, by any of their fields. Default: all. */
  readonly filter?: RecordFilter
  /** Which content is captured: `none`, `request`, `answer`, `all`, or `hashes` of both. Default: `none`. */
  readonly capture?: Capture
  /** Key of the hashes that stand for content. */
  readonly hashKey?: string
  /** Most bytes of captured content, of the request and of the answer each. Default: 16,384. */
  readonly maxContentBytes?: number
  readonly redact?: RedactOptions
  /** What metrics tell apart, and how much of it they keep. */
  readonly metrics?: MetricsOptions
  /** Sends `traceparent`, `tracestate` and `baggage` to the provider. Default: `false`. */
  readonly propagate?: boolean
  /** Finds the group of a call whose caller names none, as `groupScope()` of the Node entry does. Default: none. */
  readonly scope?: { active(): Group | undefined }
  /** Told, for every call, of the promise that everything it told has been delivered. Default: none. */
  readonly waitUntil?: WaitUntil
  /** Longest time of `flush`, of `waitUntil` and of the pipeline's close, in milliseconds. Default: 10,000. */
  readonly deadlineMs?: number
  /** The time of batches and limits; calls have their pipeline's. Default: the machine's. */
  readonly clock?: Clock
  /** Told of exporters, observers, filters and redactors that fail. Default: a line on the console, once for each until it works. */
  readonly report?: (problem: Problem) => void
}

const LEVELS = ['off', 'errors', 'calls', 'notes'] as const
const CAPTURES = ['none', 'request', 'answer', 'all', 'hashes'] as const

/** The rules of each option that the environment or an update may set too. */
export const LEVEL: Rule<TelemetryLevel> = oneOf<TelemetryLevel>(LEVELS)
export const CAPTURE: Rule<Capture> = oneOf<Capture>(CAPTURES)
export const RATIO: Rule<number> = number({ min: 0, max: 1 })
export const HASH_KEY: Rule<string> = text({
  pattern: /^.{16,}$/s,
  expects: 'a secret of at least 16 characters',
  secret: true,
})
export const MAX_CONTENT_BYTES: Rule<number> = integer({ min: 64, max: 1_048_576 })

/** The rules of sampling. */
export const SAMPLE_RULES: OptionRules<SampleOptions> = {
  ratio: RATIO,
  keepErrors: flag(),
  slowMs: number({ min: 1 }),
  costlyUsd: number({ min: 0 }),
  recordsPerSecond: number({ min: 0.001 }),
}

/** The rules of the options that a call may have otherwise. */
export const PER_CALL: OptionRules<TelemetryCallOptions> = {
  level: LEVEL,
  capture: CAPTURE,
  keep: flag(),
  waitUntil: func<WaitUntil>(),
}

/** The rules of all options. */
export const RULES: OptionRules<TelemetryOptions> = {
  name: text({ pattern: /^[a-z][A-Za-z0-9]*$/, expects: 'a camelCase identifier' }),
  exporters: list(EXPORTER),
  level: LEVEL,
  sample: fields<SampleOptions>(SAMPLE_RULES),
  filter: FILTER,
  capture: CAPTURE,
  hashKey: HASH_KEY,
  maxContentBytes: MAX_CONTENT_BYTES,
  redact: fields<RedactOptions>(REDACT_RULES),
  metrics: fields<MetricsOptions>(METRICS_RULES),
  propagate: flag(),
  scope: having<{ active(): Group | undefined }>('active'),
  waitUntil: func<WaitUntil>(),
  deadlineMs: number({ min: 0 }),
  clock: having<Clock>('now', 'epochMs', 'setTimer'),
  report: func<(problem: Problem) => void>(),
}
