import {
  type Attempt,
  attemptStartNote,
  type Call,
  CallMeter,
  type CallTrace,
  type DetachedEnd,
  type Ending,
  type Fault,
  faultNote,
  type Note,
  type RecordedSelfTime,
  type Timing,
} from '@cepa/core'
import type { CallSettings } from './call-settings.ts'
import type { CallGroup } from './group/group.ts'
import type { CallNotes } from './hub/call-notes.ts'
import { newId } from './ids.ts'
import type { CallInFlight } from './listeners.ts'
import type { TelemetryCallOptions } from './options.ts'
import type { FinishedCall, ReadFacts } from './record/finished-call.ts'

/** Faults of one call that a record tells. */
const MAX_FAULTS = 8

/** A call as telemetry sees it. */
export type ToldCall = Call<
  ReadFacts & {
    readonly requestId: string | undefined
    readonly trace: CallTrace | undefined
    readonly telemetry: Pass | undefined
  },
  TelemetryCallOptions
>

/** What a pass begins with. */
export interface PassParts {
  /** Of the record. */
  readonly id: string
  readonly settings: CallSettings
  readonly trace: CallTrace
  readonly group: CallGroup | undefined
  readonly notes: CallNotes
  /** Whether telemetry measures the time itself, because nothing around the same events does. */
  readonly measures: boolean
  /** Takes secrets out of a text, and cuts it to what a record may hold. */
  readonly short: (text: string) => string
}

/** An id that the caller made may be anything that is safe in a header, also a key by mistake; one that was made here is none. */
function requestIdOf(call: ToldCall, short: (text: string) => string): string {
  const id = call.facts.requestId ?? call.id
  return id === call.caller.requestId ? short(id) : id
}

const itemsOf = (call: Call): readonly unknown[] => {
  const items: unknown = call.operation === 'chat' ? call.request.messages : call.request.input
  return Array.isArray(items) ? items : []
}

/** Self times, where something in the stack measures them. */
const selfTimesOf = (call: Call): readonly RecordedSelfTime[] | undefined =>
  call.times()?.self.map(({ layer, hook, ms, runs }) => ({ layer, hook, ms, runs }))

/** One call in telemetry: what it is known by, and what has been heard of it so far. */
export class Pass {
  /** The view that the hooks of this pass are called with: it tells this pass from those of nested pipelines. */
  readonly call: ToldCall
  readonly id: string
  readonly requestId: string
  readonly settings: CallSettings
  readonly trace: CallTrace
  readonly group: CallGroup | undefined
  readonly notes: CallNotes
  readonly startedAt: number
  readonly startedAtMs: number
  readonly meter: CallMeter | undefined
  readonly attempts: Attempt[] = []
  readonly faults: Fault[] = []
  /** What observers were told of it. */
  inFlight: CallInFlight | undefined

  constructor(call: ToldCall, { id, settings, trace, group, notes, measures, short }: PassParts) {
    this.call = call
    this.id = id
    this.requestId = requestIdOf(call, short)
    this.settings = settings
    this.trace = trace
    this.group = group
    this.notes = notes
    this.startedAt = call.clock.now()
    this.startedAtMs = call.clock.epochMs()
    this.meter = measures ? new CallMeter(call) : undefined
  }

  /** The groups that it is part of, outermost first. */
  get groups(): FinishedCall['groups'] {
    return this.group?.outward.map(({ id, name }) => ({ id, name })).reverse() ?? []
  }

  /** Keeps what the record tells of what is going on. */
  hear(note: Note): void {
    if (attemptStartNote.is(note)) this.attempts.push(note.value as Attempt)
    else if (faultNote.is(note) && this.faults.length < MAX_FAULTS) this.faults.push(note.value)
  }

  /** Everything that is known of it now that it has ended. */
  finished(ending: Ending): FinishedCall {
    const { call } = this
    return {
      ...this.#shared(call),
      ending,
      facts: call.facts,
      timing: this.#timing(ending),
      attempts: this.attempts,
      faults: this.faults,
    }
  }

  /** The same of a call that was detached from it: a call of its own in the same trace and groups. */
  detached({ call: inner, ending }: DetachedEnd, place: CallTrace = this.trace): FinishedCall {
    const call = inner as ToldCall
    const { attempts } = call
    const startedAt = call.startedAt
    return {
      ...this.#shared(call),
      id: place.callId ?? newId(),
      notes: undefined,
      // who makes the call's span (`tracing()`) makes one for this too, so that usage stands on one
      trace: place,
      detached: { reason: call.detached ?? '', parentId: this.id },
      startedAt,
      startedAtMs: this.startedAtMs + (startedAt - this.startedAt),
      ending,
      facts: call.facts,
      timing: call.facts.timing ?? new CallMeter(call).report(call, ending, attempts),
      attempts,
      faults: [],
    }
  }

  #timing(ending: Ending): Timing {
    const { call, attempts } = this
    if (this.meter) return this.meter.report(call, ending, attempts)
    return call.facts.timing ?? new CallMeter(call).report(call, ending, attempts)
  }

  #shared(call: ToldCall): Omit<FinishedCall, 'ending' | 'facts' | 'timing' | 'attempts' | 'faults'> {
    const items = itemsOf(call)
    const { settings } = this
    return {
      call,
      id: this.id,
      requestId: this.requestId,
      trace: this.trace,
      groups: this.groups,
      group: this.group,
      notes: this.notes,
      startedAtMs: this.startedAtMs,
      startedAt: this.startedAt,
      selfTimes: selfTimesOf(call),
      // the list is the caller's, who goes on with it as soon as the call has ended
      asked: settings.capture === 'none' ? undefined : items.slice(),
      items: items.length,
      settings,
    }
  }
}
