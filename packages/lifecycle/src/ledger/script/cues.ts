import type { EndingKind } from '@cepa/core'

/** What caller, layers and provider of one call wait for of one another. */
export interface Cues {
  /** The provider has a request. */
  readonly asked: Cue
  /** A retry waits for its time. */
  readonly retrying: Cue
  /** The caller has read what it must have read before the provider goes on. */
  readonly read: Cue
  /** The call has ended, for the outermost layer. */
  readonly ended: Cue<CallEnd>
  /** The call that was detached from it has. */
  readonly detachedEnded: Cue
}

/** Something that happens once. */
export interface Cue<T = void> {
  readonly given: Promise<T>
  give(value: T): void
}

/** What the outermost layer saw of a call's end. */
export interface CallEnd {
  readonly kind: EndingKind
  /**
   * By how much, at most, the provider's and the consumer's time together are more than the time from start to end, in milliseconds. The
   * core reads the clock once more for a wait that a failure ends, after it has read it for the end.
   */
  readonly overcountedMs: number
}

const cue = <T = void>(): Cue<T> => {
  const { promise, resolve } = Promise.withResolvers<T>()
  return { given: promise, give: resolve }
}

/** Cues of a call, none of them given yet. */
export const newCues = (): Cues => ({
  asked: cue(),
  retrying: cue(),
  read: cue(),
  ended: cue(),
  detachedEnded: cue(),
})
