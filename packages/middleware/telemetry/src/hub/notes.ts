import type { RecordedNote } from '@cepa/core'
import type { CallSettings } from '../call-settings.ts'
import { fitted } from '../content/fit.ts'
import type { Observers } from '../listeners.ts'
import { MAX_NOTE_BYTES } from '../record/note-value.ts'
import type { Redaction } from '../redaction.ts'
import { type CallNotes, notesTiming } from './call-notes.ts'
import { type ExporterLane, offer } from './lanes.ts'
import type { Publisher } from './publisher.ts'
import { freezeAndMeasure } from './size.ts'

/** Most notes that wait for the later task: they are let go before any record is. */
const MAX_WAITING = 8192
/** Most bytes of notes that wait for the records of their calls, of all calls together. */
const MAX_HELD_BYTES = 16_777_216

/** A note on its way. */
export interface IncomingNote {
  readonly type: 'note'
  readonly note: RecordedNote
  /** Those of its call. */
  readonly notes: CallNotes
}

/** What the notes of all calls need. */
export interface NoteParts {
  readonly lanes: readonly ExporterLane[]
  readonly observers: Observers
  readonly publisher: Publisher | undefined
  readonly redaction: Redaction
  /** Whether any record may be dropped for there are too many. */
  readonly mayDrop: boolean
}

/** The notes of all calls on their way to observers and exporters, in bounded memory. */
export class Notes {
  readonly #parts: NoteParts
  readonly #lanes: readonly ExporterLane[]
  #waiting = 0
  #heldBytes = 0
  /** Number of those that there was no room for. */
  overrun = 0

  constructor(parts: NoteParts) {
    this.#parts = parts
    this.#lanes = parts.lanes.filter(({ lane }) => lane.wants('note'))
  }

  /** The notes of a call that begins: where they go, as far as that is known by now. */
  of(settings: CallSettings, traceId: string): CallNotes {
    const lanes = this.#lanes
    const mayDrop = this.#parts.mayDrop || lanes.some(({ filters }) => filters)
    const timing = lanes.length === 0 ? 'never' : notesTiming(settings, traceId, mayDrop)
    return { lanes: { never: [], 'at-once': lanes, 'with-record': undefined }[timing], held: [] }
  }

  /** Whether any exporter, observer or subscriber would be told of a call's notes. */
  wants({ lanes }: CallNotes): boolean {
    const { observers, publisher } = this.#parts
    return lanes?.length !== 0 || observers.has('note') || (publisher?.wants('note') ?? false)
  }

  /** Whether there is room for one more to wait for the later task. */
  enter(notes: CallNotes): boolean {
    if (this.#waiting < MAX_WAITING) {
      this.#waiting += 1
      return true
    }
    this.#letGo(notes)
    return false
  }

  /** The later task. */
  handle({ note: raw, notes }: IncomingNote): void {
    this.#waiting -= 1
    const { redaction, observers, publisher } = this.#parts
    const note = cutNote(redaction.note(raw))
    observers.tell('note', note)
    if (publisher?.wants('note')) publisher.publish({ type: 'note', note })
    if (notes.lanes?.length === 0) return
    const item = { type: 'note', note } as const
    const waiting = { item, bytes: freezeAndMeasure(item) }
    if (notes.lanes) offer(waiting, notes.lanes)
    else if (this.#heldBytes + waiting.bytes > MAX_HELD_BYTES) this.#letGo(notes)
    else {
      this.#heldBytes += waiting.bytes
      notes.held.push(waiting)
    }
  }

  /** It is known where the record of a call goes: notes that have waited for that go there, and those that follow. */
  settle(notes: CallNotes, lanes: readonly ExporterLane[]): void {
    if (notes.lanes) return
    notes.lanes = lanes
    for (const waiting of notes.held.splice(0)) {
      this.#heldBytes -= waiting.bytes
      offer(waiting, lanes)
    }
  }

  #letGo({ lanes = this.#lanes }: CallNotes): void {
    this.overrun += 1
    for (const { lane } of lanes) if (lane.wants('note')) lane.lose('full')
  }
}

/** A note whose value is no longer than notes may be, frozen. */
function cutNote(note: RecordedNote): RecordedNote {
  if (freezeAndMeasure(note) <= MAX_NOTE_BYTES) return note
  const cut = { ...note, value: fitted(note.value, MAX_NOTE_BYTES).value }
  freezeAndMeasure(cut)
  return cut
}
