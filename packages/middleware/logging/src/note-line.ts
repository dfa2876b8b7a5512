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
  plainData,
  type RetryTold,
  retryNote,
  scrubSecrets,
} from '@cepa/core'
import { errorFields, errorText, safeText } from './error-fields.ts'
import { admits, isLevel } from './level.ts'
import type { Line } from './line.ts'
import type { LogThreshold } from './options.ts'
import { durationText } from './quantities.ts'

/** Longest data of a line from another layer, in bytes of its JSON. */
const MAX_DATA_BYTES = 4000

function retryLine({ attempt, delayMs, stopped, error }: RetryTold): Line {
  const what = errorFields(error)
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

function faultLine({ middleware, hook, error }: Fault): Line {
  const what = errorFields(error)
  const fields = { middleware: safeText(middleware, 100), hook: safeText(hook, 100), ...what }
  return {
    level: 'error',
    message: `the hook ${fields.hook} of ${fields.middleware} is broken, the call went on: ${errorText(what)}`,
    fields,
  }
}

function attemptLine({ index, provider, model, reason, ending, status, providerRequestId }: Attempt): Line {
  const number = index + 1
  const target = safeText(`${provider}/${model}`, 300)
  const again = reason === undefined ? '' : `, again: ${safeText(reason, 100)}`
  const fields = {
    attempt: number,
    provider,
    model: safeText(model, 200),
    ...(status !== undefined && { status }),
    ...(providerRequestId !== undefined && { providerRequestId: safeText(providerRequestId, 200) }),
    ...(ending && { ending: ending.kind }),
    ...(ending && 'error' in ending && errorFields(ending.error)),
  }
  if (ending === undefined) return { level: 'debug', message: `attempt ${number} at ${target}${again}`, fields }
  const ms = durationText(ending.providerMs + ending.consumerMs)
  return { level: 'debug', message: `attempt ${number} ${ending.kind} after ${ms}`, fields }
}

function toldLine({ level, message, fields }: LogTold, from: string): Line {
  const line = {
    level: isLevel(level) ? level : 'info',
    message: `${from}: ${safeText(String(message), 1000)}`,
  } as const
  if (fields === undefined) return { ...line, fields: {} }
  const data = plainData(fields, scrubSecrets)
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
export function noteLine(note: Note, threshold: LogThreshold): Line | undefined {
  const line = lineOf(note, admits(threshold, 'debug'))
  if (line === undefined || !admits(threshold, line.level)) return undefined
  return { ...line, fields: { note: note.key.name, from: note.from, ...line.fields } }
}

function lineOf(note: Note, verbose: boolean): Line | undefined {
  if (detachedEndNote.is(note)) return undefined
  if (retryNote.is(note)) return retryLine(note.value)
  if (cacheLookupNote.is(note)) return lookupLine(note.value)
  if (faultNote.is(note)) return faultLine(note.value)
  if (logNote.is(note)) return toldLine(note.value, note.from)
  if (!verbose) return undefined
  return attemptStartNote.is(note) || attemptEndNote.is(note) ? attemptLine(note.value) : otherLine(note)
}
