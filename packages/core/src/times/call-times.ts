/** The hooks that self times are told by, in the order in which a call comes to them. */
export const TIMED_HOOKS = [
  'provide',
  'start',
  'handle',
  'reply',
  'transform',
  'firstToken',
  'event',
  'note',
  'end',
] as const

/**
 * A hook of a middleware. `handle` counts without the time that its `next()` was pending. What a layer does with a reply has words of its
 * own: `transform`, its function in the reply's `transform`; `reply`, the source that it gave to `Reply.from`.
 */
export type TimedHook = (typeof TIMED_HOOKS)[number]

/** The time that one hook of one layer took in a call, without what ran within it. */
export interface SelfTime {
  /** Name of the pipeline that the layer stands in. */
  readonly pipeline: string
  readonly layer: string
  readonly hook: TimedHook
  /** Milliseconds, all runs together. */
  readonly ms: number
  /** How often it ran; for events that were not timed one by one, as often as those that were say. */
  readonly runs: number
}

/** A stretch of a call's time. */
export interface TimeSpan {
  /** Whose it was; `events`: of events that were not timed one by one, with all hooks on their way out and with their reader. */
  readonly of: 'layer' | 'provider' | 'consumer' | 'events'
  /** For a layer's: the pipeline it stands in, its name, and which of its hooks. */
  readonly pipeline?: string
  readonly layer?: string
  readonly hook?: TimedHook
  /** Milliseconds since the call's start. */
  readonly startMs: number
  readonly ms: number
}

/**
 * Where the time of a call went, in milliseconds: every moment of it is somebody's, so that self times, provider and consumer together are
 * the wall time.
 *
 * Of events that come quickly a few are timed hook by hook; what passed between those was measured whole, and divides as they do.
 */
export interface CallTimes {
  /** Every hook that ran, outermost layer first; the call's own pipeline, then those nested in it. */
  readonly self: readonly SelfTime[]
  /** Time in the adapters and in waiting for them. */
  readonly providerMs: number
  /** Time in which the call was its reader's: from the reply to the first pull, and between events. */
  readonly consumerMs: number
  /** From the call's start to its end, after the last hook `end`; so far, while it runs. */
  readonly wallMs: number
  /** `clock.now()` of the start. */
  readonly startedAt: number
  /** How many events were pulled, and how many of them were timed one by one. */
  readonly events: number
  readonly timedEvents: number
  /** The longer stretches in order, at most 1,024; what is shorter than 0.05 ms is in the sums alone. */
  readonly spans: readonly TimeSpan[]
}
