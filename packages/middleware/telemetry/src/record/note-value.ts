import {
  type Attempt,
  attemptEndNote,
  attemptStartNote,
  detachedEndNote,
  faultNote,
  type Note,
  recordedError,
  retryNote,
  shownData,
} from '@cepa/core'
import { recordedAttempt } from './attempts.ts'

/** Longest value of a note in bytes of its JSON. */
export const MAX_NOTE_BYTES = 4096

/**
 * What a note tells, as data of its own at this moment: what it holds may go on to change. Of the core's notes and of retry's, whose
 * errors and attempts hold content, only what a record may say.
 *
 * @param startedAt `clock.now()` of the call's start.
 * @param scrub takes secrets out of an error's texts, before they are cut.
 */
export function noteValue(note: Note, startedAt: number, scrub: (text: string) => string): unknown {
  if (attemptStartNote.is(note) || attemptEndNote.is(note))
    return recordedAttempt(note.value as Attempt, { startedAt, scrub })
  if (faultNote.is(note)) {
    const { middleware, hook, error } = note.value
    return { middleware, hook, error: recordedError(error, scrub) }
  }
  if (retryNote.is(note)) {
    const { attempt, delayMs, stopped, error } = note.value
    return {
      attempt,
      ...(delayMs !== undefined && { delayMs }),
      ...(stopped !== undefined && { stopped }),
      error: recordedError(error, scrub),
    }
  }
  if (detachedEndNote.is(note)) {
    const { reason, parentId, ending } = note.value
    return { reason, parentId, ending: ending.kind }
  }
  return shownData(note.value, MAX_NOTE_BYTES)
}
