import type { GroupRecord } from './group-record.ts'
import type { CallTrace, TraceParent } from './trace-context.ts'

/** A group that is to have a span. */
export interface GroupStart {
  readonly id: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Wall clock of the start, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  /** What the group was said to be part of; absent: what is active. */
  readonly parent?: unknown
  /** Id of the group around it. */
  readonly parentId?: string
}

/** The span of a group. */
export interface GroupSpan {
  /** Its place, with `hasSpan`. */
  readonly trace: CallTrace
  /** Runs work with the span as the active one. */
  run<T>(work: () => T): T
  /**
   * Ends it. Never throws.
   *
   * @param recordBy gives what the group came to, an error's texts scrubbed by what is given before they are cut.
   */
  end(recordBy: (scrub: (text: string) => string) => GroupRecord): void
}

/** Makes the span of a group; nothing where nobody makes spans. Never throws. */
export type GroupSpans = (start: GroupStart) => GroupSpan | undefined

/** A parent of calls whose span `tracing()` makes: a group. */
export interface SpannedParent extends TraceParent {
  /** Has its span made, and those of what it is part of, unless it has a place in a trace already. */
  spanBy(make: GroupSpans): void
}

/**
 * Something that begins groups itself, and has their spans made as they begin: a telemetry with a scope. `tracing()` looks for it among
 * the layers further in.
 */
export interface GroupSpanHost {
  spanGroupsBy(make: GroupSpans): void
}
