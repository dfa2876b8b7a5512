import type { TimedHook } from '@cepa/core'

/** How the milliseconds that somebody took are spread over calls. Percentiles are within 1 %. */
export interface TimeSpread {
  /** Calls that it had part in. */
  readonly calls: number
  readonly totalMs: number
  /** Its share of the wall time of all calls of the profile, from 0 to 1. */
  readonly share: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** One hook of a layer, over all calls. */
export interface HookProfile {
  readonly hook: TimedHook
  readonly runs: number
  readonly totalMs: number
}

/** The self time of one layer. */
export interface LayerProfile extends TimeSpread {
  readonly pipeline: string
  readonly layer: string
  /** Runs of all its hooks. */
  readonly runs: number
  /** Mean milliseconds per call of `provide`, `start` and `handle`. */
  readonly wayInMs: number
  /** Mean milliseconds per event of `firstToken`, `event`, `transform` and `reply`; 0 where there was no event. */
  readonly perEventMs: number
  /** Mean milliseconds per call of `end`. */
  readonly wayOutMs: number
  /** Mean milliseconds per call of `note`. */
  readonly notesMs: number
  /** The hooks that ran. */
  readonly hooks: readonly HookProfile[]
}

/** What the calls of a profile have in common. */
export interface ProfileLabels {
  readonly provider?: string
  readonly model?: string
}

/** Where the time of some calls went. */
export interface Profile {
  readonly labels: ProfileLabels
  readonly calls: number
  readonly events: number
  /** Events that were timed hook by hook; the time of the others divides as theirs does. */
  readonly timedEvents: number
  /** From start to end, after the last hook. */
  readonly wall: TimeSpread
  /** Outermost first, pipeline by pipeline. */
  readonly layers: readonly LayerProfile[]
  /** In adapters, and waiting for them. */
  readonly provider: TimeSpread
  /** With the reader. */
  readonly consumer: TimeSpread
  /** Self times, provider and consumer together, each measured, over the wall time: 1, but for rounding. */
  readonly accounted: number
}

/** What `report({ json: true })` gives. */
export interface ProfileReport {
  readonly total: Profile
  /** With `by`: a profile for each provider, or for each provider and model, in the order in which they came up. */
  readonly groups: readonly Profile[]
  /** Calls that count as `other`, because there were more models than `maxModels`. */
  readonly overflow: number
}
