import type {
  Attempt,
  CacheOutcome,
  Call,
  CallCost,
  CallTrace,
  CallUsage,
  Ending,
  Fault,
  RecordedSelfTime,
  Timing,
} from '@cepa/core'
import type { CallSettings } from '../call-settings.ts'
import type { CallGroup } from '../group/group.ts'
import type { CallNotes } from '../hub/call-notes.ts'

/** The facts that a record reads, all of which may be missing. */
export interface ReadFacts {
  readonly timing: Timing | undefined
  readonly usage: CallUsage | undefined
  readonly cost: CallCost | undefined
  readonly cache: CacheOutcome | undefined
}

/** Everything that is known of a call when it has ended; a record is made of it later. */
export interface FinishedCall {
  readonly call: Call
  readonly id: string
  readonly requestId: string
  readonly trace: CallTrace
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  /** The innermost of them. */
  readonly group: CallGroup | undefined
  /** Its notes, which go where its record goes. Those of a detached call are its parent's. */
  readonly notes: CallNotes | undefined
  readonly detached?: { readonly reason: string; readonly parentId: string }
  /** Wall clock of the start, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  /** `clock.now()` of the start. */
  readonly startedAt: number
  readonly ending: Ending
  readonly facts: ReadFacts
  /** As the call's own meter measured it. */
  readonly timing: Timing
  readonly attempts: readonly Attempt[]
  readonly faults: readonly Fault[]
  readonly selfTimes: readonly RecordedSelfTime[] | undefined
  /** The messages or texts, as they were when the call ended; absent where they are not to be captured. */
  readonly asked: readonly unknown[] | undefined
  /** Number of them. */
  readonly items: number
  /** The settings that held when the call began. */
  readonly settings: CallSettings
}
