import type { FetchHeaders } from './fetch.ts'

/** What {@link retryAfterMs} looks at. */
export interface RetryAfterSources {
  readonly headers?: FetchHeaders
  /** The provider's error message: some say there how long to wait. */
  readonly message?: string
  /** The wall clock, for dates. */
  readonly nowEpochMs: number
}

/**
 * How long the provider asks to wait, in milliseconds: `retry-after-ms`, `retry-after` (seconds or a date), "try again in 1.2s" in
 * the message, and the reset headers of the rate limits that are used up, in this order.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#field.retry-after
 *
 * @example
 * retryAfterMs({ message: 'Please try again in 1.2s.', nowEpochMs: 0 }) // → 1200
 */
export function retryAfterMs({ headers, message, nowEpochMs }: RetryAfterSources): number | undefined {
  return (
    numberOf(headers?.get('retry-after-ms') ?? null) ??
    momentOf(headers?.get('retry-after') ?? null, nowEpochMs) ??
    delayInText(message) ??
    resetOf(headers, nowEpochMs)
  )
}

const numberOf = (value: string | null): number | undefined => {
  if (value === null || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }

const DURATION =
  /^(?:(?<d>\d+(?:\.\d+)?)d)?(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m)?(?:(?<s>\d+(?:\.\d+)?)s)?(?:(?<ms>\d+(?:\.\d+)?)ms)?$/

/** A duration such as `1m30s`, `250ms`, `6h0.5s`, in milliseconds. */
export function durationMs(text: string): number | undefined {
  const parts = DURATION.exec(text)?.groups
  if (text === '' || parts === undefined) return undefined
  return Object.entries(parts).reduce((sum, [unit, value]) => sum + Number(value ?? 0) * (UNIT_MS[unit] as number), 0)
}

/** A number this large is a moment since 1970, in milliseconds or in seconds, not a number of seconds to wait. */
const EPOCH_MS = 1e12
const EPOCH_SECONDS = 1e9

/** A moment, as seconds from now, a duration, seconds or milliseconds since 1970, or a date; as milliseconds from now. */
function momentOf(value: string | null, nowEpochMs: number): number | undefined {
  if (value === null) return undefined
  const text = value.trim()
  const number = numberOf(text)
  if (number !== undefined) {
    if (number >= EPOCH_MS) return Math.max(0, number - nowEpochMs)
    return number >= EPOCH_SECONDS ? Math.max(0, number * 1_000 - nowEpochMs) : number * 1_000
  }
  const duration = durationMs(text)
  if (duration !== undefined) return duration
  // what is left must be a date: a lone word or a negative number is not, though some engines read it as one
  const date = /^[A-Za-z]{3}|^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowEpochMs)
}

const IN_TEXT =
  /\b(?:(?:try|retry)(?:\s+\w+){0,3}?|wait)\s+(?:in|after|for)?\s*((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|d|days?|h|hours?|m|min(?:ute)?s?|s|sec(?:ond)?s?)\b\s*|\d+(?:\.\d+)?(?:d|h|m(?!s))(?=\d))+)/i

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/milliseconds?/gi, 'ms'],
  [/days?/gi, 'd'],
  [/hours?/gi, 'h'],
  [/min(?:ute)?s?/gi, 'm'],
  [/sec(?:ond)?s?/gi, 's'],
]

function delayInText(message: string | undefined): number | undefined {
  let found = message === undefined ? undefined : IN_TEXT.exec(message)?.[1]
  if (found === undefined) return undefined
  for (const [word, unit] of WORDS) found = found.replace(word, unit)
  return durationMs(found.replace(/\s+/g, '').toLowerCase())
}

const RESET = /^(?<prefix>.*ratelimit-)(?:reset(?:-(?<after>.+))?|(?<before>.+)-reset)$/

/** The longest reset of the limits that are used up; of all limits where none says that it is. */
function resetOf(headers: FetchHeaders | undefined, nowEpochMs: number): number | undefined {
  const all: number[] = []
  const usedUp: number[] = []
  headers?.forEach((value, name) => {
    const parts = RESET.exec(name.toLowerCase())?.groups
    const wait = parts && momentOf(value, nowEpochMs)
    if (parts === undefined || wait === undefined) return
    all.push(wait)
    if (remainingOf(headers, parts) === 0) usedUp.push(wait)
  })
  const waits = usedUp.length > 0 ? usedUp : all
  return waits.length > 0 ? Math.max(...waits) : undefined
}

function remainingOf(
  headers: FetchHeaders,
  { prefix, after, before }: Record<string, string | undefined>,
): number | undefined {
  if (after !== undefined) return numberOf(headers.get(`${prefix}remaining-${after}`))
  return numberOf(headers.get(before === undefined ? `${prefix}remaining` : `${prefix}${before}-remaining`))
}
