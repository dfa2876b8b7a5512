import {
  type Attempt,
  attemptEndNote,
  attemptStartNote,
  type CacheOutcome,
  cacheLookupNote,
  cutToBytes,
  detachedEndNote,
  type Fault,
  faultNote,
  type LogTold,
  logNote,
  type Note,
  type RetryTold,
  retryNote,
} from '@cepa/core'
import type { Clean } from './clean.ts'
import { errorFields, errorText } from './error-fields.ts'
import { admits, isLevel } from './level.ts'
import type { Line } from './line.ts'
import type { LogThreshold } from './options.ts'
import { durationText } from './quantities.ts'

/** Longest data of a line from another layer, in bytes of its JSON. */
const MAX_DATA_BYTES = 4000

function retryLine({ attempt, delayMs, stopped, error }: RetryTold, clean: Clean): Line {
  const what = errorFields(error, clean)
  const fields = {
    attempt,
    ...(delayMs !== undefined && { delayMs }),
    ...(stopped !== undefined && { stopped }),
    ...what,
  }
  const failed = `attempt ${attempt} failed: ${errorText(what)}`
  if (delayMs !== undefined)
    return { level: 'warn', message: `${failed} · next one in ${durationText(delayMs)}`, fields }
  // a first attempt that is not repeated is told by the line of the call
  const level = attempt > 1 ? 'warn' : 'debug'
  return { level, message: `${failed} · no further attempt: ${stopped ?? 'given up'}`, fields }
}

function lookupLine(outcome: CacheOutcome): Line {
  const { keyHash, ageMs, lookupMs } = outcome
  const aside = ageMs === undefined ? '' : `, ${durationText(ageMs)} old`
  const took = lookupMs === undefined ? '' : ` after ${durationText(lookupMs)}`
  const fields = {
    cache: outcome.outcome,
    ...(keyHash !== undefined && { cacheKeyHash: keyHash }),
    ...(ageMs !== undefined && { cacheAgeMs: ageMs }),
    ...(lookupMs !== undefined && { cacheLookupMs: lookupMs }),
  }
  // a broken store costs money with every call; a miss is what the line of the call tells anyway
  const level = outcome.outcome === 'error' ? 'warn' : 'debug'
  return { level, message: `cache ${outcome.outcome}${took}${aside}`, fields }
}

function faultLine({ middleware, hook, error }: Fault, clean: Clean): Line {
  const what = errorFields(error, clean)
  const fields = { middleware: clean.text(middleware, 100), hook: clean.text(hook, 100), ...what }
  return {
    level: 'error',
    message: `the hook ${fields.hook} of ${fields.middleware} is broken, the call went on: ${errorText(what)}`,
    fields,
  }
}

function attemptLine(attempt: Attempt, clean: Clean): Line {
  const { index, provider, model, reason, ending, status, providerRequestId } = attempt
  const number = index + 1
  const target = clean.text(`${provider}/${model}`, 300)
  const again = reason === undefined ? '' : `, again: ${clean.text(reason, 100)}`
  const fields = {
    attempt: number,
    provider,
    model: clean.text(model, 200),
    ...(status !== undefined && { status }),
    ...(providerRequestId !== undefined && { providerRequestId: clean.text(providerRequestId, 200) }),
    ...(ending && { ending: ending.kind }),
    ...(ending && 'error' in ending && errorFields(ending.error, clean)),
  }
  if (ending === undefined) return { level: 'debug', message: `attempt ${number} at ${target}${again}`, fields }
  const ms = durationText(ending.providerMs + ending.consumerMs)
  return { level: 'debug', message: `attempt ${number} ${ending.kind} after ${ms}`, fields }
}

function toldLine({ level, message, fields }: LogTold, from: string, clean: Clean): Line {
  const line = {
    level: isLevel(level) ? level : 'info',
    message: `${from}: ${clean.text(String(message), 1000)}`,
  } as const
  if (fields === undefined) return { ...line, fields: {} }
  const data = clean.data(fields, MAX_DATA_BYTES)
  const json = JSON.stringify(data)
  const cut = cutToBytes(json, MAX_DATA_BYTES)
  return { ...line, fields: { data: cut === json ? data : cut } }
}

/** A note of a kind that this package does not know: that it was told, and by whom; its value may hold anything. */
const otherLine = (note: Note): Line => ({ level: 'debug', message: `${note.from} told ${note.key.name}`, fields: {} })

/**
 * The line that a note becomes, if it is one that is written; nothing for the end of a detached call, which has a line of its own.
 *
 * @param threshold from which level on lines are written.
 */
export function noteLine(note: Note, threshold: LogThreshold, clean: Clean): Line | undefined {
  const line = lineOf(note, admits(threshold, 'debug'), clean)
  if (line === undefined || !admits(threshold, line.level)) return undefined
  return { ...line, fields: { note: note.key.name, from: note.from, ...line.fields } }
}

function lineOf(note: Note, verbose: boolean, clean: Clean): Line | undefined {
  if (detachedEndNote.is(note)) return undefined
  if (retryNote.is(note)) return retryLine(note.value, clean)
  if (cacheLookupNote.is(note)) return lookupLine(note.value)
  if (faultNote.is(note)) return faultLine(note.value, clean)
  if (logNote.is(note)) return toldLine(note.value, note.from, clean)
  if (!verbose) return undefined
  return attemptStartNote.is(note) || attemptEndNote.is(note) ? attemptLine(note.value, clean) : otherLine(note)
}
