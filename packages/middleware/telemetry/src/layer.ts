import {
  baggageFact,
  type CallTrace,
  callStartNote,
  type DetachedEnd,
  detachedEndNote,
  type Ending,
  firstTokenNote,
  NOTE_SCHEMA,
  type Note,
  type NoteKey,
  parentTraceOf,
  type StreamEvent,
  traceFact,
  traceparentFact,
  traceparentOf,
  tracestateFact,
} from '@cepa/core'
import { detachedPlaces } from './detached-places.ts'
import { CallGroup, type GroupSink } from './group/group.ts'
import { groupedCall } from './grouped.ts'
import type { Hub } from './hub/hub.ts'
import { newId, newSpanId, newTraceId } from './ids.ts'
import type { CallInFlight, Observers } from './listeners.ts'
import type { WaitUntil } from './options.ts'
import { Pass, type ToldCall } from './pass.ts'
import type { FinishedCall } from './record/finished-call.ts'
import { firstLabels } from './record/first.ts'
import { noteValue } from './record/note-value.ts'
import type { Redaction } from './redaction.ts'
import { headKeeps } from './sampling/head.ts'
import type { Live, Settings } from './settings.ts'
import { telemetryFact } from './telemetry-fact.ts'

/** What the layer is made of. */
export interface LayerParts {
  readonly settings: Settings
  readonly live: Live
  readonly hub: Hub
  readonly observers: Observers
  readonly redaction: Redaction
}

/** What telemetry does in the onion: it watches, and hands on to the hub what a call was when it has ended. */
export class TelemetryLayer {
  readonly #parts: LayerParts
  /** Whether there is a stack in which nothing around the same events measures the time. */
  #measures = false
  #inFlight = 0
  readonly #sink: GroupSink
  readonly #placeOf = detachedPlaces()
  /** Places whose call has its record: a layer between that repeats brings the same one again. */
  readonly #named = new WeakSet<CallTrace>()

  constructor(parts: LayerParts) {
    this.#parts = parts
    const { hub, live } = parts
    const { scrub } = parts.redaction
    this.#sink = {
      group: (group, of) =>
        hub.add({ type: 'group', group: of.scrubbed(group, scrub), of, settings: live.for(undefined) }),
    }
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** A stack has been put together whose time nobody measures. */
  measure(): void {
    this.#measures = true
  }

  /** Finds the call's place in its trace, and keeps telemetry further in from making a record too. */
  provide(call: ToldCall): void {
    if (call.facts.telemetry !== undefined) return
    const { live, settings, hub } = this.#parts
    const own = live.for(call.options)
    const group = this.#groupOf(call)
    const given = call.facts.trace
    const trace = given ?? this.#begin(call, group, own.sampling.ratio)
    if (given === undefined) call.give(traceFact, trace)
    if (settings.propagate) propagate(call, trace)
    const { short } = this.#parts.redaction
    const notes = hub.notes.of(own, trace.traceId)
    call.give(
      telemetryFact,
      new Pass(call, { id: this.#idOf(trace), settings: own, trace, group, notes, measures: this.#measures, short }),
    )
  }

  start(call: ToldCall): Pass | undefined {
    const pass = ownPass(call)
    if (pass === undefined) return undefined
    this.#inFlight += 1
    pass.group?.begin(this.#sink)
    const { observers, redaction } = this.#parts
    if (observers.has('start') || observers.has('end')) {
      pass.inFlight = redaction.inFlight(inFlightOf(pass))
      observers.tell('start', pass.inFlight)
    }
    if (call.hears() || this.#wantsNotes(pass)) {
      const { operation, mode, provider, request } = call
      this.#tell(pass, callStartNote, { operation, mode, provider, model: request.model })
    }
    return pass
  }

  firstToken(call: ToldCall, event: StreamEvent, pass: Pass | undefined): void {
    if (pass === undefined) return
    pass.meter?.firstContent(event)
    if (call.mode === 'complete') return
    if (call.hears() || this.#wantsNotes(pass))
      this.#tell(pass, firstTokenNote, { type: event.type, afterMs: Math.max(0, event.at - pass.startedAt) })
  }

  note(call: ToldCall, note: Note, state: Pass | undefined): void {
    const pass = state ?? ownPass(call)
    if (pass === undefined) return
    pass.hear(note)
    if (this.#wantsNotes(pass)) this.#record(pass, note)
    if (detachedEndNote.is(note)) this.#detached(pass, note.value)
  }

  end(call: ToldCall, ending: Ending, pass: Pass | undefined): void {
    if (pass === undefined) return
    this.#inFlight -= 1
    const finished = pass.finished(ending)
    pass.group?.finish(groupedCall(finished))
    if (pass.inFlight) this.#parts.observers.tell('end', pass.inFlight)
    this.#finish(finished, call.options?.waitUntil)
  }

  /** A call that outlived the one that made it has a record of its own. */
  #detached(pass: Pass, end: DetachedEnd): void {
    const finished = pass.detached(end, pass.trace.ofDetached?.(end) ?? this.#placeOf(end))
    pass.group?.add(groupedCall(finished), this.#sink)
    this.#finish(finished, pass.call.options?.waitUntil)
  }

  #finish(finished: FinishedCall, own: WaitUntil | undefined): void {
    const { hub, settings } = this.#parts
    if (!hub.wantsCalls) return
    hub.add({ type: 'call', finished })
    const waitUntil = own ?? settings.waitUntil
    if (waitUntil === undefined) return
    waitUntil(hub.flushLater(settings.deadlineMs))
  }

  #groupOf({ caller }: ToldCall): CallGroup | undefined {
    if (caller.parent instanceof CallGroup) return caller.parent
    if (caller.parent !== undefined) return undefined
    const active = this.#parts.settings.scope?.active()
    return active instanceof CallGroup ? active : undefined
  }

  /** A span of the call's own in the trace that it is made in, else in one of its own. */
  #begin(call: ToldCall, group: CallGroup | undefined, ratio: number): CallTrace {
    const outer = parentTraceOf(group ? { parent: group } : call.caller)
    const spanId = newSpanId()
    if (outer === undefined) {
      const traceId = newTraceId()
      return { traceId, spanId, sampled: headKeeps(traceId, ratio), random: true, ofDetached: this.#placeOf }
    }
    const sampled = group?.beganTrace ? headKeeps(outer.traceId, ratio) : outer.sampled
    return { ...outer, spanId, parentSpanId: outer.spanId, sampled, ofDetached: this.#placeOf }
  }

  /** The id that the call has on its span, for one record. */
  #idOf(trace: CallTrace): string {
    if (trace.callId === undefined || this.#named.has(trace)) return newId()
    this.#named.add(trace)
    return trace.callId
  }

  #wantsNotes(pass: Pass): boolean {
    return this.#parts.hub.notes.wants(pass.notes)
  }

  /** Tells a note of telemetry's own, outward and to the exporters. */
  #tell<T>(pass: Pass, key: NoteKey<T>, value: T): void {
    if (pass.call.hears()) pass.call.emit(key, value)
    if (!this.#wantsNotes(pass)) return
    this.#record(pass, { key, value, from: this.#parts.settings.name, at: pass.call.clock.now() } as Note)
  }

  #record(pass: Pass, note: Note): void {
    const { traceId, spanId, parentSpanId } = pass.trace
    const sinceStartMs = note.at - pass.startedAt
    const recorded = {
      schema: NOTE_SCHEMA,
      name: note.key.name,
      from: note.from,
      callId: pass.id,
      requestId: pass.requestId,
      pipeline: pass.call.pipeline,
      traceId,
      spanId,
      ...(parentSpanId !== undefined && { parentSpanId }),
      atMs: pass.startedAtMs + sinceStartMs,
      sinceStartMs,
      value: noteValue(note, pass.startedAt, this.#parts.redaction.scrub),
    } as const
    this.#parts.hub.add({ type: 'note', note: recorded, notes: pass.notes })
  }
}

/** The pass that belongs to a view; that of an outer telemetry does not. */
const ownPass = (call: ToldCall): Pass | undefined => {
  const pass = call.facts.telemetry
  return pass?.call === call ? pass : undefined
}

function propagate(call: ToldCall, trace: CallTrace): void {
  call.give(traceparentFact, traceparentOf(trace))
  if (trace.traceState !== undefined) call.give(tracestateFact, trace.traceState)
  if (trace.baggage !== undefined) call.give(baggageFact, trace.baggage)
}

const inFlightOf = ({ id, requestId, call, startedAtMs }: Pass): CallInFlight => ({
  id,
  requestId,
  pipeline: call.pipeline,
  operation: call.operation,
  mode: call.mode,
  provider: call.provider,
  model: call.request.model,
  attributes: firstLabels(call.attributes),
  startedAtMs,
})
