import { type CallTrace, type GroupSpan, type GroupSpans, type GroupStart, parentTraceOf } from '@cepa/core'
import { newSpanId, newTraceId } from '../ids.ts'

/** A span of its own within another one, else a trace of its own. */
function traceWithin(outer: ReturnType<typeof parentTraceOf>): CallTrace {
  if (outer === undefined) return { traceId: newTraceId(), spanId: newSpanId(), sampled: true, random: true }
  const { spanId: parentSpanId, ...rest } = outer
  return { ...rest, spanId: newSpanId(), parentSpanId }
}

/**
 * Where a group stands in a trace. Whoever asks first decides it: `tracing()`, which makes a span for the group and has its SDK sample
 * it, or somebody who needs ids; these are then the group's own.
 */
export class GroupPlace {
  readonly #within: unknown
  #trace: CallTrace | undefined
  #span: GroupSpan | undefined

  /** @throws {OptionError} for a parent that is none. */
  constructor(within: unknown, isGroup: boolean) {
    this.#within = within
    // that of a group is not asked for before it must be
    if (!isGroup) parentTraceOf({ parent: within })
  }

  get trace(): CallTrace {
    this.#trace ??= traceWithin(parentTraceOf({ parent: this.#within }))
    return this.#trace
  }

  get isKnown(): boolean {
    return this.#trace !== undefined
  }

  /** Whether the trace began here, so that nobody has decided yet whether it is recorded. */
  get beganTrace(): boolean {
    return this.#span === undefined && this.trace.parentSpanId === undefined
  }

  spanBy(make: GroupSpans, start: Omit<GroupStart, 'parent'>): void {
    this.#span = make({ ...start, parent: this.#within })
    this.#trace = this.#span?.trace
  }

  run<T>(work: () => T): T {
    return this.#span ? this.#span.run(work) : work()
  }

  end(recordBy: Parameters<GroupSpan['end']>[0]): void {
    this.#span?.end(recordBy)
  }
}
