import type { Completion } from './completion.ts'
import type { Ending, EndingKind } from './ending.ts'

/** How an entry ends, before the local rule E2 has told `aborted` from `failed`. */
export interface Close {
  readonly kind: Exclude<EndingKind, 'aborted'>
  readonly error?: Error
  readonly reason?: unknown
  readonly at: number
  readonly completion: Completion
}

/** What an entry knows of itself when it ends. */
export interface Closing {
  /** Whether the signal of its own call has fired. */
  readonly fired: boolean
  readonly startedAt: number
  /** How long it waited for the reply and for its events, in milliseconds; absent where no reply came: then it did nothing else. */
  readonly waitedMs: number | undefined
}

/** The ending that the passes of an entry are told. */
export function endingOf({ kind, error, reason, at, completion }: Close, closing: Closing): Ending {
  const totalMs = at - closing.startedAt
  const providerMs = closing.waitedMs ?? totalMs
  const atEnd = { completion, at, providerMs, consumerMs: Math.max(0, totalMs - providerMs) }
  if (kind === 'failed') return { kind: closing.fired ? 'aborted' : 'failed', error: error as Error, ...atEnd }
  if (kind === 'abandoned' && reason !== undefined) return { kind, reason, ...atEnd }
  return { kind, ...atEnd }
}
