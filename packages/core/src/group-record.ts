import type { EndingKind } from './ending.ts'
import type { RecordedTrace } from './record.ts'
import type { RecordedError } from './recorded-error.ts'

/** Version of the shape of a group's record. */
export const GROUP_SCHEMA = 'cepa.group/1'

/** The record of a group (an agent run, a batch, a conversation): sums over its calls and those of the groups within it. JSON-safe. */
export interface GroupRecord {
  readonly schema: typeof GROUP_SCHEMA
  /** A UUID. */
  readonly id: string
  readonly name: string
  /** The group around it. */
  readonly parentId?: string
  readonly trace: RecordedTrace
  readonly attributes: Readonly<Record<string, string>>
  /** Wall clock of the start, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  readonly durationMs: number
  /** `failed` where the group was ended by an error. */
  readonly ending: 'done' | 'failed'
  readonly error?: RecordedError
  /** Groups within it, theirs included. */
  readonly groups: number
  /** Calls that have ended. */
  readonly calls: number
  /** Calls that still ran when the group ended; they are in no sum. */
  readonly openCalls: number
  /** How the calls ended: `{ done: 3, failed: 1 }`. Zeros are left out. */
  readonly endings: Readonly<Partial<Record<EndingKind, number>>>
  /** Attempts at a provider. */
  readonly attempts: number
  /** Calls that a cache answered. */
  readonly cacheHits: number
  /** Tokens that were spent over all attempts, as far as they are known. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars; absent where the cost of any call is not known. */
  readonly costUsd?: number
  /** US dollars of the calls whose cost is known. */
  readonly knownCostUsd: number
}
