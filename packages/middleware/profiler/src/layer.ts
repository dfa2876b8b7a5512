import {
  type Call,
  type CallTimes,
  detachedEndNote,
  type Ending,
  type FactsOf,
  type Note,
  type requestIdFact,
} from '@cepa/core'
import { answererOf, askedBy } from './answerer.ts'
import { CallHistory } from './call-history.ts'
import type { CpuRecording, Instruments, TakenProfile } from './instruments.ts'
import { OpenCall } from './open-call.ts'
import type { Settings } from './options.ts'
import type { OverCall } from './over-call.ts'
import { errorOf } from './problem.ts'
import { CallProfile } from './profile/call-profile.ts'
import { slowCallOf, timeTaken } from './slow-call.ts'
import { thresholdFor } from './threshold.ts'

/** The facts that the profiler reads. */
export type Reads = readonly [typeof requestIdFact.optional]

/** A call as the profiler sees it. */
export type ProfiledCall = Call<FactsOf<Reads>>

/** What the profiler does in the onion: it takes in the times of every call when it is over. */
export class ProfilerLayer {
  readonly profile: CallProfile
  readonly history: CallHistory
  readonly #settings: Settings
  readonly #instruments: Instruments
  /** A call may come by more than once, by attempts or by nested pipelines, and is one call nevertheless. */
  readonly #open = new Map<string, OpenCall>()

  constructor(settings: Settings, instruments: Instruments) {
    this.#settings = settings
    this.#instruments = instruments
    this.profile = new CallProfile(settings.maxModels)
    this.history = new CallHistory(settings.keepCalls)
  }

  start(call: ProfiledCall): OpenCall {
    const { id } = call
    const known = this.#open.get(id)
    if (known) return known
    const opened = new OpenCall(call, call.facts.requestId)
    this.#open.set(id, opened)
    this.#instruments.eventLoop?.begin()
    this.#recordWhenSlow(opened, id)
    call.onTimes((times) => {
      this.#open.delete(id)
      this.#over(opened, times)
    })
    return opened
  }

  /** The outermost pass ends last, and the last attempt after those before it. */
  end(ending: Ending, opened: OpenCall): void {
    opened.ending = ending.kind
  }

  /** A call that was detached from one is a call of its own. */
  note(call: ProfiledCall, note: Note): void {
    if (!detachedEndNote.is(note)) return
    const { call: detached, ending } = note.value
    const times = detached.times()
    if (times === undefined || this.#open.has(detached.id)) return
    const over = { call: detached, requestId: call.facts.requestId, answerer: answererOf(detached), times }
    this.#take({ ...over, ending: ending.kind }, undefined)
  }

  #recordWhenSlow(opened: OpenCall, id: string): void {
    const { cpu } = this.#instruments
    if (cpu === undefined) return
    const thresholdMs = thresholdFor(this.#settings, askedBy(opened.call))
    if (thresholdMs === Number.POSITIVE_INFINITY) return
    opened.after(thresholdMs, () => {
      opened.recording = cpu.begin(id)
    })
  }

  #over(opened: OpenCall, times: CallTimes): void {
    opened.close()
    const { call, requestId, ending, recording } = opened
    this.#take({ call, requestId, answerer: answererOf(call), ending, times }, recording)
  }

  #take(over: OverCall, recording: CpuRecording | undefined): void {
    this.profile.add(over)
    this.history.add(over)
    const thresholdMs = thresholdFor(this.#settings, over.answerer)
    if (timeTaken(over.times) <= thresholdMs) recording?.drop()
    else this.#tell(over, thresholdMs, recording?.keep())
  }

  #tell(over: OverCall, thresholdMs: number, cpuProfile: TakenProfile | undefined): void {
    const { onSlowCall, report } = this.#settings
    if (onSlowCall === undefined) return
    const eventLoopDelay = this.#instruments.eventLoop?.over(over.times.wallMs)
    const told = onSlowCall(slowCallOf(over, { thresholdMs, eventLoopDelay, cpuProfile }))
    // what it throws at once the core makes a fault of; by then the call is over
    if (told instanceof Promise) told.catch((thrown) => report({ where: 'onSlowCall', error: errorOf(thrown) }))
  }
}
