import type { CallSettings } from '../call-settings.ts'
import { headKeeps } from '../sampling/head.ts'
import type { Waiting } from './lane-queue.ts'
import type { ExporterLane } from './lanes.ts'

/** When the notes of a call go to exporters: at once, with its record if that is kept, or not at all. */
export type NotesTiming = 'at-once' | 'with-record' | 'never'

/**
 * Notes go where the record of their call goes: at once where nothing can drop that, not at all where nothing can keep it.
 *
 * @param mayBeDropped whether something else than level, filter and ratio may drop a record.
 */
export function notesTiming(settings: CallSettings, traceId: string, mayBeDropped: boolean): NotesTiming {
  const { level, filter, keep, sampling } = settings
  if (level !== 'notes') return 'never'
  const { ratio, keepErrors, slowMs, costlyUsd } = sampling
  if (keep || headKeeps(traceId, ratio)) return filter || mayBeDropped ? 'with-record' : 'at-once'
  return keepErrors || slowMs !== undefined || costlyUsd !== undefined ? 'with-record' : 'never'
}

/** The notes of one call: where they go, and those that wait until that is known. */
export interface CallNotes {
  /** Where they go; `undefined` as long as that is not known. */
  lanes: readonly ExporterLane[] | undefined
  readonly held: Waiting[]
}
