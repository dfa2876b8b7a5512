import type { CallRecord, Clock, GroupRecord, TelemetryItem } from '@cepa/core'
import { atLeast, type CallSettings } from '../call-settings.ts'
import type { ContentMaker } from '../content/content-maker.ts'
import type { CallGroup } from '../group/group.ts'
import type { Observers } from '../listeners.ts'
import type { Problem } from '../problem.ts'
import { buildRecord } from '../record/build-record.ts'
import type { FinishedCall } from '../record/finished-call.ts'
import type { Redaction } from '../redaction.ts'
import { keepsGroup } from '../sampling/keeps-group.ts'
import type { Sampler } from '../sampling/sampler.ts'
import { within } from './deadline.ts'
import { Intake } from './intake.ts'
import { type ExporterLane, offer } from './lanes.ts'
import { type IncomingNote, Notes } from './notes.ts'
import type { Publisher } from './publisher.ts'
import { freezeAndMeasure } from './size.ts'
import type { TelemetryStats } from './stats.ts'

/** What comes in from calls and groups. */
export type Incoming =
  | { readonly type: 'call'; readonly finished: FinishedCall }
  | IncomingNote
  | { readonly type: 'group'; readonly group: GroupRecord; readonly of: CallGroup; readonly settings: CallSettings }

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
  readonly notes: Notes
  readonly #parts: HubParts
  readonly #intake: Intake<Incoming>
  /** Records whose content is being hashed. */
  readonly #making = new Set<Promise<void>>()
  readonly #counts = { records: 0, kept: 0, filtered: 0, sampledOut: 0, overRate: 0, withheld: 0 }
  #closed: Promise<boolean> | undefined

  constructor(parts: HubParts) {
    this.#parts = parts
    this.notes = new Notes({ ...parts, mayDrop: parts.sampler.isLimited })
    this.#intake = new Intake(parts.clock, (incoming) => this.#handle(incoming))
  }

  add(incoming: Incoming): void {
    if (incoming.type !== 'note' || this.notes.enter(incoming.notes)) this.#intake.add(incoming)
  }

  /** Whether anybody would be told of a call at all. */
  get wantsCalls(): boolean {
    const { lanes, observers, publisher } = this.#parts
    return lanes.length > 0 || observers.has('record') || (publisher?.wants('call') ?? false)
  }

  stats(inFlight: number): TelemetryStats {
    const exporters = this.#parts.lanes.map(({ lane }) => lane.stats())
    return { inFlight, ...this.#counts, overrun: this.notes.overrun, exporters }
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
      else if (incoming.type === 'note') this.notes.handle(incoming)
      else this.#group(incoming)
    } catch (thrown) {
      this.#withhold(incoming.type, thrown)
      if (incoming.type === 'call') this.#settle(incoming.finished, [])
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
    const record = redaction.record(buildRecord(finished, redaction.scrub))
    this.#counts.records += 1
    if (observers.has('record') || publisher?.wants('call')) freezeAndMeasure(record)
    observers.tell('record', record)
    if (publisher?.wants('call')) publisher.publish({ type: 'call', record })
    const kept = this.#decide(record, finished.settings)
    const lanes = kept ? this.#parts.lanes.filter(({ admits }) => admits({ type: 'call', record: kept })) : []
    this.#settle(finished, lanes)
    if (kept === undefined) return
    const whole = content.addTo(kept, finished, finished.settings.capture)
    if (!(whole instanceof Promise)) this.#keep(whole, lanes)
    else this.#later(whole, lanes)
  }

  /** It is known where a call's record goes: its notes and its groups go there too. */
  #settle({ notes, group }: FinishedCall, lanes: readonly ExporterLane[]): void {
    for (const { lane } of lanes) group?.goesTo(lane)
    if (notes) this.notes.settle(notes, lanes)
  }

  #later(whole: Promise<CallRecord>, lanes: readonly ExporterLane[]): void {
    const made = whole.then((record) => this.#keep(record, lanes)).catch((thrown) => this.#withhold('call', thrown))
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

  #keep(record: CallRecord, lanes: readonly ExporterLane[]): void {
    this.#counts.kept += 1
    this.#export({ type: 'call', record }, lanes)
  }

  #group({ group: raw, of, settings }: Incoming & { readonly type: 'group' }): void {
    const { redaction, publisher } = this.#parts
    const group = redaction.group(raw)
    freezeAndMeasure(group)
    if (publisher?.wants('group')) publisher.publish({ type: 'group', group })
    const ofItself = keepsGroup(raw, settings)
    const lanes = this.#parts.lanes.filter(({ lane, filters }) => of.isGoingTo(lane) || (ofItself && !filters))
    this.#export({ type: 'group', group }, lanes)
  }

  #export(item: TelemetryItem, lanes: readonly ExporterLane[]): void {
    if (lanes.some(({ lane }) => lane.wants(item.type))) offer({ item, bytes: freezeAndMeasure(item) }, lanes)
  }
}
