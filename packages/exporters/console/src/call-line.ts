import { type CallRecord, cutToBytes, type RecordedAttempt, type RecordedError, type Usage } from '@cepa/core'
import { count, dollars, duration } from './quantities.ts'

/** Longest message of an error in a line, in bytes; the verbose form has all of it. */
const MESSAGE_BYTES = 300

/** Below this share of the time, and this time in milliseconds, what the reader took is not worth words. */
const READER_SHARE = 0.5
const READER_MS = 1000

/** What a line says of a record, still without colours and not yet safe. */
export interface LineParts {
  /** Wall clock of the end, milliseconds since the Unix epoch. */
  readonly atMs: number
  /** The word that says how it ended, to look for. */
  readonly word: string
  readonly durationMs?: number
  /** What it is about: provider and model, or the name of a group. */
  readonly subject: string
  /** What went wrong. */
  readonly problem?: string | undefined
  readonly rest: readonly (string | false | undefined)[]
  /** What to look for in logs and traces. */
  readonly id?: string
}

/** An error in the words that one searches by: kind and status before the message. */
export function errorText({ kind, status, code, name, message }: RecordedError): string {
  const what = kind ?? code ?? name
  const head = status === undefined ? what : `${status} ${what}`
  return message === '' ? head : `${head}: ${cutToBytes(message, MESSAGE_BYTES)}`
}

function problemOf({ ending, error, reason }: CallRecord): string | undefined {
  if (ending === 'abandoned') return reason ?? 'its reader left'
  if (ending === 'unread') return 'nobody read it'
  if (error === undefined) return undefined
  if (error.code !== 'CEPA_ABORTED') return errorText(error)
  // that it was aborted is told by the word already; why is in the cause, if the caller gave one
  const why = error.causes?.[0]
  return why === undefined || why.name === 'AbortError'
    ? undefined
    : `${why.name}: ${cutToBytes(why.message, MESSAGE_BYTES)}`
}

/** `~` before numbers that are not, or not only, the provider's own. */
const about = (source: Usage['source'] | undefined): string =>
  source === 'estimate' || source === 'partial' ? '~' : ''

function tokens({ usage, spent, operation, durations }: CallRecord): string | undefined {
  const told = usage ?? spent
  if (told?.inputTokens === undefined && told?.outputTokens === undefined) return undefined
  const output = operation === 'embed' ? '' : ` → ${count(told.outputTokens)}`
  const speed = durations.outputTokensPerSecond
  return `${about(told.source)}${count(told.inputTokens)}${output} tokens${speed === undefined ? '' : `, ${count(Math.round(speed))}/s`}`
}

function cost({ cost: known }: CallRecord): string | undefined {
  if (known === undefined) return undefined
  return known.usd === undefined ? 'cost unknown' : about(known.basis) + dollars(known.usd)
}

function cached({ cache }: CallRecord): string | undefined {
  if (cache === undefined || cache.outcome === 'bypass') return undefined
  const age = cache.ageMs === undefined ? '' : `, ${duration(cache.ageMs)} old`
  const saved = cache.savedUsd === undefined ? '' : `, saved ${dollars(cache.savedUsd)}`
  return `cache ${cache.outcome}${age}${saved}`
}

/** How an attempt ended, in a word: its status where that is not success, else its ending. */
function attemptWord({ status, ending, error }: RecordedAttempt): string {
  if (status !== undefined && status >= 400) return String(status)
  return ending === 'failed' && error !== undefined ? (error.kind ?? error.code ?? error.name) : (ending ?? 'running')
}

const attempts = ({ attempts: all }: CallRecord): string | undefined =>
  all.length > 1 ? `${all.length} attempts: ${all.map(attemptWord).join(' → ')}` : undefined

function reader({ durations: { totalMs, consumerMs } }: CallRecord): string | undefined {
  const long = consumerMs > READER_MS && consumerMs > totalMs * READER_SHARE
  return long ? `reader took ${duration(consumerMs)}` : undefined
}

const finish = ({ finish: why }: CallRecord): string | undefined =>
  why === undefined || why === 'stop' ? undefined : `finish ${why}`

/** Whose hooks broke. */
const broken = ({ faults }: CallRecord): string | undefined =>
  faults && `broken hooks: ${[...new Set(faults.map(({ middleware, hook }) => `${middleware}.${hook}`))].join(', ')}`

/** How many calls a record speaks for, where that is not itself alone. */
function standsFor({ sampling }: CallRecord): string | undefined {
  return sampling === undefined || sampling.weight === 1 ? undefined : `stands for ${count(sampling.weight)} calls`
}

/** Labels as they are written behind each other. */
export const labels = (attributes: Readonly<Record<string, string>>): string[] =>
  Object.entries(attributes).map(([name, value]) => `${name}=${value}`)

/** Provider and model; once where the model has the provider as its route. */
const subjectOf = ({ provider, model }: CallRecord): string =>
  model.startsWith(`${provider}/`) ? model : `${provider}/${model}`

/** What the line of a call says. */
export function callLine(call: CallRecord): LineParts {
  const { durations, error, detached, groups, operation } = call
  return {
    atMs: call.startedAtMs + durations.totalMs,
    word: call.ending,
    durationMs: durations.totalMs,
    subject: subjectOf(call),
    problem: problemOf(call),
    rest: [
      operation !== 'chat' && operation,
      detached && `in the background: ${detached.reason}`,
      durations.firstTokenMs !== undefined && `first token ${duration(durations.firstTokenMs)}`,
      reader(call),
      tokens(call),
      cost(call),
      cached(call),
      finish(call),
      attempts(call),
      broken(call),
      error?.providerRequestId && `provider's id ${error.providerRequestId}`,
      groups && `in ${groups.map(({ name }) => name).join('/')}`,
      ...labels(call.attributes),
      standsFor(call),
    ],
    id: call.requestId,
  }
}
