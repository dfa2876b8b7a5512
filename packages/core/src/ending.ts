import type { Completion } from './completion.ts'

/** What every ending tells. Times are in milliseconds. */
export interface AtEnd {
  /** The answer as it had passed this position, complete or partial. */
  readonly completion: Completion
  /** `clock.now()` of the ending. */
  readonly at: number
  /** Time spent waiting for what is inside: for the reply, and for its events. */
  readonly providerMs: number
  /** The rest: the time that what is outside took between events. */
  readonly consumerMs: number
}

/**
 * How a pass ended. `done`: the `end` event passed. `failed`: an error crossed. `aborted`: the signal of the pass's own call
 * fired. `abandoned`: what is outside left early. `unread`: nobody ever asked for an event.
 */
export type Ending =
  | ({ readonly kind: 'done' } & AtEnd)
  | ({ readonly kind: 'failed' | 'aborted'; readonly error: Error } & AtEnd)
  | ({ readonly kind: 'abandoned'; readonly reason?: unknown } & AtEnd)
  | ({ readonly kind: 'unread' } & AtEnd)

/** The word for an ending. */
export type EndingKind = Ending['kind']
