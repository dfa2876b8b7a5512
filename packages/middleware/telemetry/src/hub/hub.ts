import type { CallRecord, Clock, GroupRecord, RecordedNote, TelemetryItem } from '@cepa/core'
import { atLeast, type CallSettings } from '../call-settings.ts'
import type { ContentMaker } from '../content/content-maker.ts'
import { fitted } from '../content/fit.ts'
import type { Observers } from '../listeners.ts'
import type { Problem } from '../problem.ts'
import { buildRecord } from '../record/build-record.ts'
import type { FinishedCall } from '../record/finished-call.ts'
import { MAX_NOTE_BYTES } from '../record/note-value.ts'
import type { Redaction } from '../redaction.ts'
import type { Sampler } from '../sampling/sampler.ts'
import { within } from './deadline.ts'
import { Intake } from './intake.ts'
import type { ExporterLane } from './lanes.ts'
import { freezeAndMeasure } from './size.ts'
import type { TelemetryStats } from './stats.ts'

/** Where everything is published that exporters are given, and what is sampled out too; Node's diagnostics channels. */
export interface Publisher {
  /** Whether anybody listens. */
  wants(type: 'call' | 'group' | 'note'): boolean
  publish(item: TelemetryItem): void
}

/** What comes in from calls and groups. */
export type Incoming =
  | { readonly type: 'call'; readonly finished: FinishedCall }
  | { readonly type: 'note'; readonly note: RecordedNote; readonly settings: CallSettings }
  | { readonly type: 'group'; readonly group: GroupRecord }

/** What a hub is made of. */
export interface HubParts {
  readonly lanes: readonly ExporterLane[]
  readonly observers: Observers
  readonly publisher: Publisher | undefined
  readonly redaction: Redaction
  readonly sampler: Sampler
  readonly content: ContentMaker
  readonly clock: Clock
  readonly report: (problem: Problem) => void
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/**
 * What stands between calls and exporters. Whatever comes in is handled in a later task: made, redacted, told to observers, filtered,
 * sampled, given its content, frozen, and put into the lane of every exporter that wants it.
 */
export class Hub {
  readonly #parts: HubParts
  readonly #intake: Intake<Incoming>
  /** Records whose content is being hashed. */
  readonly #making = new Set<Promise<void>>()
  readonly #counts = { records: 0, kept: 0, filtered: 0, sampledOut: 0, overRate: 0, withheld: 0 }
  #closed: Promise<boolean> | undefined

  constructor(parts: HubParts) {
    this.#parts = parts
    this.#intake = new Intake(parts.clock, (incoming) => this.#handle(incoming))
  }

  add(incoming: Incoming): void {
    this.#intake.add(incoming)
  }

  /** Whether any exporter, observer or subscriber would be told of a call's notes. */
  wantsNotes(level: CallSettings['level']): boolean {
    const { lanes, observers, publisher } = this.#parts
    if (level === 'notes' && lanes.some(({ lane }) => lane.wants('note'))) return true
    return observers.has('note') || (publisher?.wants('note') ?? false)
  }

  /** Whether anybody would be told of a call at all. */
  get wantsCalls(): boolean {
    const { lanes, observers, publisher } = this.#parts
    return lanes.length > 0 || observers.has('record') || (publisher?.wants('call') ?? false)
  }

  stats(inFlight: number): TelemetryStats {
    const exporters = this.#parts.lanes.map(({ lane }) => lane.stats())
    return { inFlight, ...this.#counts, overrun: this.#intake.overrun, exporters }
  }

  /** Handles now what is to be handled in a later task, so that observers have been told of every call that ended. */
  takeIn(): void {
    this.#intake.drain()
  }

  /** Whether everything was delivered, or given up, within the deadline. */
  flush(deadlineMs: number): Promise<boolean> {
    const { clock, lanes } = this.#parts
    const work = this.#settled().then(() => Promise.all(lanes.map(({ lane }) => lane.flush())))
    return within(clock, deadlineMs, work)
  }

  /** The same, begun in a later task: not within the call that asks for it. */
  flushLater(deadlineMs: number): Promise<boolean> {
    const { clock } = this.#parts
    return new Promise((resolve) => {
      clock.setTimer(0, () => void this.flush(deadlineMs).then(resolve))
    })
  }

  /** Delivers what there is, then releases the exporters; what is left at the deadline is counted as lost. */
  close(deadlineMs: number): Promise<boolean> {
    this.#closed ??= this.#close(deadlineMs)
    return this.#closed
  }

  async #close(deadlineMs: number): Promise<boolean> {
    const { clock, lanes } = this.#parts
    const work = this.#settled().then(() => Promise.all(lanes.map(({ lane }) => lane.close())))
    const done = await within(clock, deadlineMs, work)
    if (!done) for (const { lane } of lanes) lane.abandon()
    return done
  }

  async #settled(): Promise<void> {
    this.#intake.drain()
    while (this.#making.size > 0) await Promise.all(this.#making)
  }

  #handle(incoming: Incoming): void {
    try {
      if (incoming.type === 'call') this.#call(incoming.finished)
      else if (incoming.type === 'note') this.#note(incoming.note, incoming.settings)
      else this.#group(incoming.group)
    } catch (thrown) {
      this.#withhold(incoming.type, thrown)
    }
  }

  /** What cannot be made fit to leave stays here, and is counted. */
  #withhold(type: TelemetryItem['type'], thrown: unknown): void {
    this.#counts.withheld += 1
    for (const { lane } of this.#parts.lanes) if (lane.wants(type)) lane.lose('withheld')
    this.#parts.report({ where: 'redaction', error: asError(thrown) })
  }

  #call(finished: FinishedCall): void {
    const { redaction, observers, publisher, content } = this.#parts
    const record = redaction.record(buildRecord(finished))
    this.#counts.records += 1
    if (observers.has('record') || publisher?.wants('call')) freezeAndMeasure(record)
    observers.tell('record', record)
    if (publisher?.wants('call')) publisher.publish({ type: 'call', record })
    const kept = this.#decide(record, finished.settings)
    if (kept === undefined) return
    const whole = content.addTo(kept, finished, finished.settings.capture)
    if (!(whole instanceof Promise)) this.#keep(whole)
    else this.#later(whole)
  }

  #later(whole: Promise<CallRecord>): void {
    const made = whole.then((record) => this.#keep(record)).catch((thrown) => this.#withhold('call', thrown))
    this.#making.add(made)
    void made.then(() => this.#making.delete(made))
  }

  /** The record with why it is kept; nothing where it is not. */
  #decide(record: CallRecord, settings: CallSettings): CallRecord | undefined {
    const { sampler, clock } = this.#parts
    const { level, filter, keep } = settings
    const told =
      atLeast(level, 'calls') || (level === 'errors' && (record.error !== undefined || record.faults !== undefined))
    if (!told || (filter && !filter(record))) {
      this.#counts.filtered += 1
      return undefined
    }
    const decision = sampler.decide(record, settings.sampling, { nowMs: clock.now(), said: keep })
    if (decision.keep) return decision.sampling ? { ...record, sampling: decision.sampling } : record
    this.#counts[decision.by === 'head' ? 'sampledOut' : 'overRate'] += 1
    return undefined
  }

  #keep(record: CallRecord): void {
    this.#counts.kept += 1
    this.#export({ type: 'call', record })
  }

  #note(raw: RecordedNote, settings: CallSettings): void {
    const { redaction, observers, publisher } = this.#parts
    const note = cutNote(redaction.note(raw))
    observers.tell('note', note)
    if (publisher?.wants('note')) publisher.publish({ type: 'note', note })
    if (settings.level === 'notes') this.#export({ type: 'note', note })
  }

  #group(raw: GroupRecord): void {
    const { redaction, publisher } = this.#parts
    const group = redaction.group(raw)
    freezeAndMeasure(group)
    if (publisher?.wants('group')) publisher.publish({ type: 'group', group })
    this.#export({ type: 'group', group })
  }

  #export(item: TelemetryItem): void {
    const lanes = this.#parts.lanes.filter(({ lane, admits }) => lane.wants(item.type) && admits(item))
    if (lanes.length === 0) return
    const bytes = freezeAndMeasure(item)
    for (const { lane } of lanes) lane.offer({ item, bytes })
  }
}

/** A note whose value is no longer than notes may be, frozen. */
function cutNote(note: RecordedNote): RecordedNote {
  if (freezeAndMeasure(note) <= MAX_NOTE_BYTES) return note
  const cut = { ...note, value: fitted(note.value, MAX_NOTE_BYTES).value }
  freezeAndMeasure(cut)
  return cut
}
