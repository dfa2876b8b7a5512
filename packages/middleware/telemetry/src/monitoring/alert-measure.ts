import { type CallRecord, Quantiles } from '@cepa/core'
import { cacheHitOf } from '../metrics/cache-hit.ts'
import { errorKindOf } from '../metrics/error-kind.ts'
import type { AlertMetric, CheckedRule } from './alert-rule.ts'
import type { Step } from './sliding-window.ts'

/** What an alert counts within one step of its window. */
export class AlertStep implements Step {
  /** Calls that tell something. */
  calls = 0
  /** Of these: errors, hits, or those that took longer than the alert's limit. */
  marked = 0
  /** Those that took longer than where it resolves. */
  unresolved = 0
  /** US dollars. */
  usd = 0
  readonly values: Quantiles = new Quantiles()

  clear(): void {
    this.calls = this.marked = this.unresolved = this.usd = 0
    this.values.reset()
  }
}

/** What a window says. */
export interface Reading {
  /** Calls in the window that tell something. */
  readonly calls: number
  /** Whether the limit is passed. */
  readonly isBad: boolean
  /** Whether it is where the alert resolves. */
  readonly isGood: boolean
  /** Absent where nothing is told. A quantile is within 1 %, everything else is exact. */
  value(): number | undefined
}

/** How an alert measures calls. */
export interface Measure {
  add(step: AlertStep, record: CallRecord): void
  read(steps: readonly AlertStep[]): Reading
}

type Summed = 'calls' | 'marked' | 'unresolved' | 'usd'

function sumOf(steps: readonly AlertStep[], name: Summed): number {
  let sum = 0
  for (const step of steps) sum += step[name]
  return sum
}

/** A share of calls; `marked` says of a call whether it is in the share, `undefined` that it tells nothing. */
function shareMeasure(rule: CheckedRule, marked: (record: CallRecord) => boolean | undefined): Measure {
  const { limit, resolveAt, metric } = rule
  const firesBelow = metric === 'cacheHitRatio'
  return {
    add(step, record) {
      const isMarked = marked(record)
      if (isMarked === undefined) return
      step.calls += 1
      if (isMarked) step.marked += 1
    },
    read(steps) {
      const calls = sumOf(steps, 'calls')
      if (calls === 0) return { calls, isBad: false, isGood: true, value: () => undefined }
      const share = sumOf(steps, 'marked') / calls
      return {
        calls,
        isBad: firesBelow ? share < limit : share > limit,
        isGood: firesBelow ? share >= resolveAt : share <= resolveAt,
        value: () => share,
      }
    },
  }
}

function spendMeasure({ limit, resolveAt, windowMs }: CheckedRule): Measure {
  return {
    add(step, { cost }) {
      step.calls += 1
      step.usd += cost?.usd ?? 0
    },
    read(steps) {
      const usdPerMinute = sumOf(steps, 'usd') / (windowMs / 60_000)
      const [isBad, isGood] = [usdPerMinute > limit, usdPerMinute <= resolveAt]
      return { calls: sumOf(steps, 'calls'), isBad, isGood, value: () => usdPerMinute }
    },
  }
}

/** The quantile is on one side of a limit exactly if enough values are: to compare them, counting is enough, and exact. */
function durationMeasure(
  { limit, resolveAt, quantile }: CheckedRule,
  of: (record: CallRecord) => number | undefined,
): Measure {
  return {
    add(step, record) {
      const ms = of(record)
      if (ms === undefined) return
      step.calls += 1
      if (ms > limit) step.marked += 1
      if (ms > resolveAt) step.unresolved += 1
      step.values.record(ms)
    },
    read(steps) {
      const calls = sumOf(steps, 'calls')
      if (calls === 0) return { calls, isBad: false, isGood: true, value: () => undefined }
      const rank = Math.max(1, Math.ceil(quantile * calls))
      const isBad = calls - sumOf(steps, 'marked') < rank
      const isGood = calls - sumOf(steps, 'unresolved') >= rank
      return {
        calls,
        isBad,
        isGood,
        value: () => onItsSide(quantileOf(steps, quantile), { isBad, limit, isGood, resolveAt }),
      }
    },
  }
}

function quantileOf(steps: readonly AlertStep[], quantile: number): number | undefined {
  const all = new Quantiles()
  for (const { values } of steps) all.merge(values)
  return all.quantile(quantile)
}

/** An estimate must not contradict what was counted: it is told no further than the limit that the true value passed. */
function onItsSide(
  value: number | undefined,
  at: { readonly isBad: boolean; readonly limit: number; readonly isGood: boolean; readonly resolveAt: number },
): number | undefined {
  if (value === undefined) return undefined
  if (at.isBad) return Math.max(value, at.limit)
  return at.isGood ? Math.min(value, at.resolveAt) : value
}

const MEASURES: { readonly [K in AlertMetric]: (rule: CheckedRule) => Measure } = {
  errorRate: (rule) => shareMeasure(rule, (record) => errorKindOf(record) !== undefined),
  cacheHitRatio: (rule) => shareMeasure(rule, ({ cache }) => cacheHitOf(cache)),
  usdPerMinute: spendMeasure,
  durationMs: (rule) => durationMeasure(rule, ({ durations }) => durations.totalMs),
  providerMs: (rule) => durationMeasure(rule, ({ durations }) => durations.providerMs),
  firstTokenMs: (rule) => durationMeasure(rule, ({ durations }) => durations.firstTokenMs),
}

/** How a rule measures calls. */
export const measureOf = (rule: CheckedRule): Measure => MEASURES[rule.metric](rule)
