import {
  type Checked,
  checkOptions,
  integer,
  number,
  OptionError,
  type OptionRules,
  oneOf,
  required,
  text,
} from '@cepa/core'
import { FILTER, type RecordFilter } from '../filter.ts'

interface AlertBase {
  /** What the alert is called. */
  readonly name: string
  /** Calls that it is about, by any field of their records. Default: all. */
  readonly filter?: RecordFilter
  /** Length of the window, in milliseconds. It moves in 60 steps. Default: 300,000. */
  readonly windowMs?: number
  /**
   * Fewest calls in the window that it fires on: lookups, for the cache; those that have the measurement, for durations. Default: 20, and
   * 1 for spend.
   */
  readonly minCalls?: number
  /** Where it resolves, on the good side of where it fires. Default: a fifth nearer to what is best (0, or a ratio of 1). */
  readonly resolveAt?: number
}

/** Share of the calls that failed or missed a deadline, from 0 to 1. */
interface ErrorRateAlert extends AlertBase {
  readonly metric: 'errorRate'
  readonly above: number
}

/** A quantile of durations, in milliseconds. */
interface DurationAlert extends AlertBase {
  readonly metric: 'durationMs' | 'providerMs' | 'firstTokenMs'
  readonly above: number
  /** Default: 0.95. */
  readonly quantile?: number
}

/** US dollars that were spent in the window, over its length in minutes. */
interface SpendAlert extends AlertBase {
  readonly metric: 'usdPerMinute'
  readonly above: number
}

/** Share of the lookups that a cache answered, from 0 to 1. */
interface HitRatioAlert extends AlertBase {
  readonly metric: 'cacheHitRatio'
  readonly below: number
}

/** When an alert fires: what is watched, and the limit. `below` for the hit ratio, `above` for the others. */
export type AlertRule = ErrorRateAlert | DurationAlert | SpendAlert | HitRatioAlert

/** What is watched. */
export type AlertMetric = AlertRule['metric']

/** A rule with every default. */
export interface CheckedRule {
  readonly name: string
  readonly metric: AlertMetric
  readonly filter?: RecordFilter
  readonly windowMs: number
  readonly minCalls: number
  readonly quantile: number
  /** Where it fires, and where it resolves. */
  readonly limit: number
  readonly resolveAt: number
}

interface AnyRule extends AlertBase {
  readonly metric: AlertMetric
  readonly above?: number
  readonly below?: number
  readonly quantile?: number
}

const METRICS: readonly AlertMetric[] = [
  'errorRate',
  'durationMs',
  'providerMs',
  'firstTokenMs',
  'usdPerMinute',
  'cacheHitRatio',
]

const RULES = {
  name: required(text()),
  metric: required(oneOf<AlertMetric>(METRICS)),
  filter: FILTER,
  above: number({ min: 0 }),
  below: number({ min: 0 }),
  quantile: number({ min: 0, max: 1, default: 0.95 }),
  windowMs: integer({ min: 1000, max: 86_400_000, default: 300_000 }),
  minCalls: integer({ min: 1 }),
  resolveAt: number({ min: 0 }),
} satisfies OptionRules<AnyRule>

const RATIOS: ReadonlySet<AlertMetric> = new Set(['errorRate', 'cacheHitRatio'])

function refuse(field: keyof AnyRule, value: unknown, remedy: string): never {
  throw new OptionError({ owner: 'telemetry.alert', field, value: String(value), remedy })
}

function limitOf({ metric, above, below }: AnyRule): number {
  const [wanted, unwanted] = metric === 'cacheHitRatio' ? (['below', 'above'] as const) : (['above', 'below'] as const)
  const given = { above, below }
  if (given[unwanted] !== undefined)
    refuse(unwanted, given[unwanted], `an alert on ${metric} fires ${wanted} its limit`)
  const limit = given[wanted]
  if (limit === undefined) refuse(wanted, limit, `an alert on ${metric} needs it`)
  if (RATIOS.has(metric) && limit > 1) refuse(wanted, limit, 'a ratio is from 0 to 1')
  return limit
}

function resolveAtOf({ metric, resolveAt }: AnyRule, limit: number): number {
  const firesBelow = metric === 'cacheHitRatio'
  if (resolveAt === undefined) return firesBelow ? limit + (1 - limit) / 5 : limit * 0.8
  if (firesBelow && resolveAt > 1) refuse('resolveAt', resolveAt, 'a ratio is from 0 to 1')
  const isGood = firesBelow ? resolveAt >= limit : resolveAt <= limit
  if (!isGood)
    refuse('resolveAt', resolveAt, `it must be ${firesBelow ? 'at least' : 'at most'} ${limit}, where the alert fires`)
  return resolveAt
}

/** Checks a rule and fills in its defaults. @throws {OptionError} */
export function checkedRule(given: AlertRule): CheckedRule {
  const rule: Checked<AnyRule, typeof RULES> = checkOptions<AnyRule, typeof RULES>('telemetry.alert', RULES, given)
  const limit = limitOf(rule)
  const { name, metric, filter, windowMs, quantile } = rule
  return {
    name,
    metric,
    ...(filter && { filter }),
    windowMs,
    quantile,
    minCalls: rule.minCalls ?? (metric === 'usdPerMinute' ? 1 : 20),
    limit,
    resolveAt: resolveAtOf(rule, limit),
  }
}
