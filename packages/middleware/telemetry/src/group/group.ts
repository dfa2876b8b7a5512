import {
  anything,
  type CallTrace,
  type Clock,
  checkOptions,
  GROUP_SCHEMA,
  type GroupRecord,
  type GroupSpans,
  having,
  OptionError,
  type OptionRules,
  record,
  recordedError,
  type SpannedParent,
  systemClock,
  type TraceParent,
  text,
} from '@cepa/core'
import { newId } from '../ids.ts'
import { recordedTrace } from '../record/build-record.ts'
import { firstLabels } from '../record/first.ts'
import { GroupPlace } from './group-place.ts'
import { type GroupedCall, type GroupSums, Sums } from './sums.ts'

/** What {@link group} takes. */
export interface GroupOptions {
  /**
   * What the group is part of: another group, a trace context, a span, headers with `traceparent`. Default: the span that is active when
   * its first call is made through `tracing()`, else nothing.
   */
  readonly parent?: unknown
  /** Labels of the group. They are not the labels of its calls. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Default: the machine's. */
  readonly clock?: Clock
}

/** Calls that belong together: an agent run, a batch, a conversation. Give it to calls as `parent`. */
export interface Group extends TraceParent {
  readonly id: string
  readonly name: string
  /**
   * The span that its calls are made in. That of `tracing()`, from the first call through it; where this is read before any, or there is
   * none, one of its own.
   */
  readonly trace: CallTrace
  /** The group around it. */
  readonly parent: Group | undefined
  /** A group within this one, whose calls count here too. */
  group(name: string, options?: Omit<GroupOptions, 'parent'>): Group
  /** What its calls have come to so far. */
  sums(): GroupSums
  /**
   * Ends it: its record goes to the exporters of every telemetry that has seen a call of it. What ends later counts no more. Again,
   * it gives the same record.
   *
   * @param error what made it fail. Default: it is done.
   */
  end(error?: unknown): GroupRecord
  /** Ends it, for `using`. */
  [Symbol.dispose](): void
}

/** Where the records of groups go. */
export interface GroupSink {
  group(record: GroupRecord, of: CallGroup): void
}

const RULES = {
  parent: anything<unknown>('a group, a trace context or a span'),
  attributes: record(text()),
  clock: having<Clock>('now', 'epochMs', 'setTimer'),
} satisfies OptionRules<GroupOptions>

/** A group as telemetry knows it: told of calls that begin and end in it. */
export class CallGroup implements Group, SpannedParent {
  readonly id: string = newId()
  readonly name: string
  readonly parent: CallGroup | undefined
  readonly #attributes: Readonly<Record<string, string>>
  readonly #clock: Clock
  readonly #startedAtMs: number
  readonly #startedAt: number
  readonly #sums = new Sums()
  readonly #sinks = new Set<GroupSink>()
  /** Where its calls have gone, and it will. */
  readonly #places = new WeakSet<object>()
  readonly #place: GroupPlace
  #failure: unknown
  #record: GroupRecord | undefined

  constructor(name: string, options: GroupOptions = {}) {
    const {
      parent,
      attributes = {},
      clock = systemClock,
    } = checkOptions<GroupOptions, typeof RULES>('group', RULES, options)
    this.name = checkedName(name)
    this.parent = parent instanceof CallGroup ? parent : undefined
    this.#place = new GroupPlace(parent, this.parent !== undefined)
    this.#attributes = firstLabels({ ...attributes })
    this.#clock = clock
    this.#startedAtMs = clock.epochMs()
    this.#startedAt = clock.now()
    for (const outer of this.outward) if (outer !== this) outer.#sums.groups += 1
  }

  get trace(): CallTrace {
    return this.#place.trace
  }

  /** Whether the trace began here or in a group around it, so that nobody has decided yet whether it is recorded. */
  get beganTrace(): boolean {
    return this.parent?.beganTrace ?? this.#place.beganTrace
  }

  spanBy(make: GroupSpans): void {
    if (this.#place.isKnown || this.#record) return
    this.parent?.spanBy(make)
    const { id, name, parent } = this
    const attributes = this.#attributes
    const startedAtMs = this.#startedAtMs
    this.#place.spanBy(make, { id, name, attributes, startedAtMs, ...(parent && { parentId: parent.id }) })
  }

  /** Runs work in it: with its span as the active one, where `tracing()` has made one. */
  run<T>(work: () => T): T {
    return this.#place.run(work)
  }

  /** The group and those around it, from the inside out. */
  get outward(): readonly CallGroup[] {
    return [this, ...(this.parent?.outward ?? [])]
  }

  group(name: string, options: Omit<GroupOptions, 'parent'> = {}): CallGroup {
    return new CallGroup(name, { clock: this.#clock, ...options, parent: this })
  }

  sums(): GroupSums {
    return this.#sums.value
  }

  /** A call begins in the group. Its record goes where those of its calls go. */
  begin(sink: GroupSink): void {
    for (const group of this.outward) {
      group.#sinks.add(sink)
      group.#sums.openCalls += 1
    }
  }

  /** A call that began in the group ends. */
  finish(call: GroupedCall): void {
    for (const group of this.outward) {
      group.#sums.openCalls -= 1
      group.#sums.add(call)
    }
  }

  /** A call that began elsewhere, and outlived it, ends in the group. */
  add(call: GroupedCall, sink: GroupSink): void {
    this.begin(sink)
    this.finish(call)
  }

  /** The record of a call of it has gone somewhere. */
  goesTo(place: object): void {
    for (const group of this.outward) group.#places.add(place)
  }

  isGoingTo(place: object): boolean {
    return this.#places.has(place)
  }

  end(...failure: readonly unknown[]): GroupRecord {
    if (this.#record) return this.#record
    const failed = failure[0] !== undefined
    this.#failure = failure[0]
    const made: GroupRecord = {
      schema: GROUP_SCHEMA,
      id: this.id,
      name: this.name,
      ...(this.parent && { parentId: this.parent.id }),
      trace: recordedTrace(this.trace),
      attributes: this.#attributes,
      startedAtMs: this.#startedAtMs,
      durationMs: this.#clock.now() - this.#startedAt,
      ending: failed ? 'failed' : 'done',
      ...(failed && { error: recordedError(failure[0]) }),
      ...this.#sums.value,
    }
    this.#record = made
    this.#place.end((scrub) => this.scrubbed(made, scrub))
    for (const sink of this.#sinks) sink.group(made, this)
    this.#sinks.clear()
    return made
  }

  /** Its record as somebody tells it who takes more out of texts. */
  scrubbed(record: GroupRecord, scrub: (text: string) => string): GroupRecord {
    return this.#failure === undefined ? record : { ...record, error: recordedError(this.#failure, scrub) }
  }

  [Symbol.dispose](): void {
    this.end()
  }
}

function checkedName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name
  throw new OptionError({
    owner: 'group',
    field: 'name',
    value: `a ${typeof name}`,
    remedy: 'it must be a string that is not empty',
  })
}

/**
 * Begins a group: a parent for calls that belong together. Its record sums their number, endings, tokens and cost; groups nest, and
 * calls of an inner one count in the outer one too. Its calls are one trace, with or without OpenTelemetry.
 *
 * @throws {OptionError} for a name or a parent that is none.
 *
 * @example
 * using run = group('research agent', { attributes: { user: 'u-7' } })
 * await chat(question, { parent: run })
 * await chat(followUp, { parent: run })
 * run.sums().costUsd // so far
 */
export const group = (name: string, options?: GroupOptions): Group => new CallGroup(name, options)
