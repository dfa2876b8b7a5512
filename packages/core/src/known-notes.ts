import type { EventBody } from './event.ts'
import type { CacheOutcome } from './known-facts.ts'
import { type NoteKey, noteKey } from './note.ts'
import type { Operation } from './request.ts'

/** What is told of a call that has come. */
export interface CallStarted {
  readonly operation: Operation
  readonly mode: 'stream' | 'complete'
  /** Name of the provider that the stack leads to. */
  readonly provider: string
  /** The model that was asked for. */
  readonly model: string
}

/** Told by `telemetry()` when a call comes in. */
export const callStartNote: NoteKey<CallStarted> = noteKey('call-start')

/** The first content of a stream. */
export interface FirstToken {
  /** What it is: `text`, `reasoning`, `tool-call-start`, … */
  readonly type: EventBody['type']
  /** Milliseconds since the call came in. */
  readonly afterMs: number
}

/** Told by `telemetry()` for every stream that brings content. */
export const firstTokenNote: NoteKey<FirstToken> = noteKey('first-token')

/** A repeating layer will try again, or has given up trying. */
export interface RetryTold {
  /** The attempt that failed, from 1. */
  readonly attempt: number
  /** Wait before the next attempt in milliseconds; absent when there will be none. */
  readonly delayMs?: number
  /** Why there will be none: the last attempt, not retryable, content had passed, the budget, the ceiling on the wait. */
  readonly stopped?: string
  readonly error: Error
}

/** Told by `retry()` for every failed attempt. */
export const retryNote: NoteKey<RetryTold> = noteKey('retry')

/** Told by `cache()` for every lookup. */
export const cacheLookupNote: NoteKey<CacheOutcome> = noteKey('cache-lookup')

/** A line for the call's log, from any layer. */
export interface LogTold {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** The door for layers that want to say something in the call's log without knowing the logger. */
export const logNote: NoteKey<LogTold> = noteKey('log')
