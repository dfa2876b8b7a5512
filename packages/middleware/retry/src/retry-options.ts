import {
  anyOf,
  checkOptions,
  dataOf,
  func,
  group,
  integer,
  number,
  OptionError,
  type OptionRules,
  oneOf,
  type Rule,
} from '@cepa/core'
import type { Backoff } from './backoff.ts'
import type { BudgetOptions } from './retry-budget.ts'

/** What may be said for one call: `layers: { retry: { attempts: 5 } }`. */
export interface RetryCallOptions {
  /** Attempts in all, the first included. Default 3. */
  readonly attempts?: number
  /** Longest wait before the first retry in milliseconds; it doubles with each further one. Default 500. */
  readonly minDelayMs?: number
  /** What the doubling stops at, in milliseconds. Default 30,000. */
  readonly maxDelayMs?: number
  /** Longest `Retry-After` that is waited for, in milliseconds; for a longer one the call fails at once. Default 60,000. */
  readonly maxRetryAfterMs?: number
  /** `full` draws each wait evenly between 0 and what it may be; `none` waits all of it. Default `full`. */
  readonly jitter?: 'full' | 'none'
}

/**
 * Decides about one failed attempt: `true` tries again, `false` does not, `undefined` leaves it to `error.retryable`. Not asked
 * about aborts and errors of the stack itself, which are never retried. What it throws fails the call.
 */
export type RetryOn = (error: Error, attempt: number) => boolean | undefined

/** What {@link retry} takes. All but `retryOn` and `random` is data. */
export interface RetryOptions extends RetryCallOptions {
  /** Bounds the retries of all calls together; `false` for no bound. Default `{ ratio: 0.2, minPerSecond: 1, burst: 20 }`. */
  readonly budget?: BudgetOptions | false
  readonly retryOn?: RetryOn
  /** Draws from 0 (inclusive) to 1 (exclusive), for the jitter. Default `Math.random`. */
  readonly random?: () => number
}

/** The numbers that a call is retried by. */
export interface RetrySettings extends Backoff {
  readonly attempts: number
  readonly maxRetryAfterMs: number
}

/** Checked options. */
export interface CheckedRetryOptions {
  readonly settings: RetrySettings
  readonly budget: Required<BudgetOptions> | undefined
  readonly retryOn: RetryOn | undefined
  readonly random: () => number
  /** The effective options that are data. */
  readonly data: Readonly<Record<string, unknown>>
}

const BUDGET_RULES = {
  ratio: number({ min: 0, max: 1, default: 0.2 }),
  minPerSecond: number({ min: 0, default: 1 }),
  burst: integer({ min: 1, default: 20 }),
} satisfies OptionRules<BudgetOptions>

const BUDGET: Rule<BudgetOptions> = group<BudgetOptions>(BUDGET_RULES)

/** Where a budget is wrong. A field that there is not has no rule of its own: that is told with the fields that there are. */
const locateInBudget: typeof BUDGET.locate = (value) => {
  const found = BUDGET.locate?.(value)
  return found?.expects === '' ? undefined : found
}

const CALL = {
  attempts: integer({ min: 1, default: 3 }),
  minDelayMs: integer({ min: 0, default: 500 }),
  maxDelayMs: integer({ min: 0, default: 30_000 }),
  maxRetryAfterMs: integer({ min: 0, default: 60_000 }),
  jitter: oneOf(['full', 'none'], { default: 'full' }),
} satisfies OptionRules<RetryCallOptions>

/** Rules of the options for one call. */
export const CALL_RULES: OptionRules<RetryCallOptions> = CALL

const RULES = {
  ...CALL,
  budget: { ...anyOf(oneOf([false]), BUDGET), locate: locateInBudget } as Rule<BudgetOptions | false>,
  retryOn: func<RetryOn>(),
  random: func<() => number>(),
} satisfies OptionRules<RetryOptions>

/** @throws {OptionError} naming the option that cannot be right. */
export function checkRetryOptions(given: RetryOptions): CheckedRetryOptions {
  const checked = checkOptions<RetryOptions, typeof RULES>('retry', RULES, given)
  const { budget: givenBudget, retryOn, random = Math.random, ...settings } = checked
  checkDelays('retry', settings)
  const budget =
    givenBudget === false
      ? undefined
      : checkOptions<BudgetOptions, typeof BUDGET_RULES>('retry: budget', BUDGET_RULES, givenBudget)
  return {
    settings,
    budget,
    retryOn,
    random,
    data: dataOf<RetryOptions>(RULES, { ...checked, budget: budget ?? false }),
  }
}

/**
 * The settings of one call: the layer's, with what the caller said over them.
 *
 * @throws {OptionError} when both together cannot be right.
 */
export function settingsFor(settings: RetrySettings, given: RetryCallOptions | undefined): RetrySettings {
  if (given === undefined) return settings
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const both: RetrySettings = { ...settings, ...said }
  checkDelays('layers.retry', both)
  return both
}

function checkDelays(owner: string, { minDelayMs, maxDelayMs }: RetrySettings): void {
  if (minDelayMs <= maxDelayMs) return
  throw new OptionError({
    owner,
    field: 'minDelayMs',
    value: String(minDelayMs),
    remedy: `it must be at most maxDelayMs, which is ${maxDelayMs}`,
  })
}
