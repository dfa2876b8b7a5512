import type { Attempt } from './attempt.ts'
import type { Call } from './call.ts'
import type { Ending } from './ending.ts'
import { type NoteKey, noteKey } from './note.ts'

/** A hook that broke its rules (P3): it threw, or returned a promise. The call went on. */
export interface Fault {
  readonly middleware: string
  readonly hook: string
  readonly error: Error
}

/** A hook was broken; told once per pass. */
export const faultNote: NoteKey<Fault> = noteKey('fault')

/** An attempt at the provider started. */
export const attemptStartNote: NoteKey<Attempt> = noteKey('attempt-start')

/** An attempt at the provider ended; `ending` is there. */
export const attemptEndNote: NoteKey<Attempt> = noteKey('attempt-end')

/** What is told of a detached call when it ends. */
export interface DetachedEnd {
  readonly call: Call
  /** Why it was detached. */
  readonly reason: string
  /** Id of the call that it was detached from. */
  readonly parentId: string
  readonly ending: Ending
}

/** A detached call ended. The only note that may come after the hearing pass ended; its state is then `undefined` (D1). */
export const detachedEndNote: NoteKey<DetachedEnd> = noteKey('detached-end')
