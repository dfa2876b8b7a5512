import {
  anyOf,
  checkOptions,
  dataOf,
  group,
  number,
  OptionError,
  type OptionRules,
  oneOf,
  type Rule,
  text,
} from '@cepa/core'

/** A limit in milliseconds, or `false` for none. */
export type Milliseconds = number | false

/** A limit for all calls, or one for streams and another for whole answers (an absent one is none). */
export type LimitByMode = Milliseconds | { readonly stream?: Milliseconds; readonly complete?: Milliseconds }

/** What may be said for one call: `layers: { timeout: { totalMs: 5_000 } }`. Each stands in for the layer's own. */
export interface TimeoutCallOptions {
  /** From the call's entry into the layer to its end, the reader's own time included. */
  readonly totalMs?: LimitByMode
  /** To the reply: the provider's success headers; around a retry the first content. */
  readonly headersMs?: LimitByMode
  /** To the first text, reasoning, tool call, file or embedding. */
  readonly firstTokenMs?: LimitByMode
  /** Longest wait for the provider's next event. Does not run while the reader is busy. */
  readonly idleMs?: LimitByMode
}

/**
 * What {@link timeout} takes; all of it is data. Where no limit is given, those of {@link DEFAULT_LIMITS} hold; where any is, only
 * what is given.
 */
export interface TimeoutOptions<TName extends string = string> extends TimeoutCallOptions {
  /** The layer's name, for a second one in a stack; also the key of its per-call options. Default `timeout`. */
  readonly name?: TName
}

/**
 * The limits of a `timeout()` that is given none. Ten minutes is what the official SDKs of OpenAI and Anthropic allow a call. Two
 * minutes of silence are more than a healthy stream needs. A whole answer is silent until it is made, so only the total bounds
 * it. No limit on the first token: models that reason may think for minutes.
 */
export const DEFAULT_LIMITS: TimeoutCallOptions = {
  totalMs: 600_000,
  headersMs: { stream: 120_000, complete: false },
  idleMs: { stream: 120_000, complete: false },
}

/** The limits that hold for one call, in milliseconds; absent where there is none. */
export interface Limits {
  readonly totalMs?: number
  readonly headersMs?: number
  readonly firstTokenMs?: number
  readonly idleMs?: number
}

const FIELDS = ['totalMs', 'headersMs', 'firstTokenMs', 'idleMs'] as const

const MILLISECONDS: Rule<Milliseconds> = anyOf(number({ min: 1 }), oneOf([false]))
const BY_MODE = group<Exclude<LimitByMode, Milliseconds>>({ stream: MILLISECONDS, complete: MILLISECONDS })

const LIMIT: Rule<LimitByMode> = {
  ...anyOf(MILLISECONDS, BY_MODE),
  // a field that there is not is told with the fields that there are
  locate(value) {
    const found = BY_MODE.locate?.(value)
    return found?.expects === '' ? undefined : found
  },
}

/** Rules of the options for one call. */
export const CALL_RULES: OptionRules<TimeoutCallOptions> = {
  totalMs: LIMIT,
  headersMs: LIMIT,
  firstTokenMs: LIMIT,
  idleMs: LIMIT,
}

const RULES: OptionRules<TimeoutOptions> = {
  name: text({ pattern: /^[a-z][A-Za-z0-9]*$/, expects: 'a camelCase identifier' }),
  ...CALL_RULES,
}

/** Checked options. */
export interface CheckedTimeoutOptions {
  readonly name: string
  readonly limits: TimeoutCallOptions
  /** The effective options that are data. */
  readonly data: Readonly<Record<string, unknown>>
}

/** @throws {OptionError} naming the option that cannot be right. */
export function checkTimeoutOptions(given: TimeoutOptions): CheckedTimeoutOptions {
  const { name, ...said } = checkOptions<TimeoutOptions, OptionRules<TimeoutOptions>>('timeout', RULES, given)
  const limits = Object.keys(said).length === 0 ? DEFAULT_LIMITS : said
  const modes = (['stream', 'complete'] as const).map((mode) => limitsFor(limits, undefined, mode))
  if (modes.every((each) => Object.keys(each).length === 0)) {
    throw new OptionError({
      owner: 'timeout',
      field: Object.keys(limits).join(', '),
      value: 'false',
      remedy: 'the layer would limit nothing; give one of them in milliseconds, or leave the layer out',
    })
  }
  return { name: name ?? 'timeout', limits, data: dataOf(RULES, { ...(name !== undefined && { name }), ...limits }) }
}

/** The limits of one call: the layer's, each replaced by what the caller said of it. */
export function limitsFor(
  layer: TimeoutCallOptions,
  given: TimeoutCallOptions | undefined,
  mode: 'stream' | 'complete',
): Limits {
  const limits: { -readonly [K in keyof Limits]: Limits[K] } = {}
  for (const field of FIELDS) {
    const limit = given?.[field] ?? layer[field] ?? false
    const limitMs = typeof limit === 'object' ? (limit[mode] ?? false) : limit
    if (limitMs !== false) limits[field] = limitMs
  }
  return limits
}
