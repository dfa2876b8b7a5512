import type { CallRecord, Clock } from '@cepa/core'
import { compileFilter } from '../filter.ts'
import type { TelemetryObserver } from '../listeners.ts'
import type { Problem } from '../problem.ts'
import { AlertStep, type Measure, measureOf, type Reading } from './alert-measure.ts'
import { type AlertMetric, type AlertRule, type CheckedRule, checkedRule } from './alert-rule.ts'
import { SlidingWindow } from './sliding-window.ts'
import { Ticking } from './ticking.ts'
import { tell } from './told.ts'

/** An alert has begun, or is over. */
export interface AlertEvent {
  readonly type: 'fired' | 'resolved'
  /** The rule's name and what it watches. */
  readonly name: string
  readonly metric: AlertMetric
  /** What the window said; absent where it resolved because there were no calls any more. A quantile is within 1 %. */
  readonly value?: number
  /** What was passed: where the rule fires, or where it resolves. */
  readonly limit: number
  /** Calls in the window that told something. */
  readonly calls: number
  readonly windowMs: number
  /** Wall clock of the event, and of when the alert fired, milliseconds since the Unix epoch. */
  readonly atMs: number
  readonly firedAtMs: number
}

/** A rule at work. */
export interface Alert {
  readonly name: string
  /** Whether it has fired and not resolved. */
  readonly isFiring: boolean
  /** What the window says now. */
  value(): number | undefined
  /** Ends it. It tells nothing more. */
  stop(): void
}

/** What alerts stand on. */
export interface MonitoringParts {
  readonly clock: Clock
  readonly report: (problem: Problem) => void
}

class RunningAlert implements Alert, TelemetryObserver {
  readonly #rule: CheckedRule
  readonly #parts: MonitoringParts
  readonly #listener: (event: AlertEvent) => unknown
  readonly #measure: Measure
  readonly #admits: ((record: CallRecord) => boolean) | undefined
  readonly #window: SlidingWindow<AlertStep>
  readonly #ticking: Ticking
  #firedAtMs: number | undefined

  constructor(rule: CheckedRule, listener: (event: AlertEvent) => unknown, parts: MonitoringParts) {
    this.#rule = rule
    this.#parts = parts
    this.#listener = listener
    this.#measure = measureOf(rule)
    this.#admits = compileFilter(rule.filter)
    this.#window = new SlidingWindow(rule.windowMs, () => new AlertStep())
    this.#ticking = new Ticking(parts.clock, () => this.#look())
  }

  get name(): string {
    return this.#rule.name
  }

  get isFiring(): boolean {
    return this.#firedAtMs !== undefined
  }

  value(): number | undefined {
    return this.#read().value()
  }

  stop(): void {
    this.#ticking.stop()
  }

  record(record: CallRecord): void {
    if (this.#admits && !this.#admits(record)) return
    const nowMs = this.#parts.clock.now()
    this.#measure.add(this.#window.at(nowMs), record)
    this.#judge(this.#read())
    this.#ticking.arm(this.#window.untilNext(nowMs))
  }

  #read(): Reading {
    return this.#measure.read(this.#window.within(this.#parts.clock.now()))
  }

  #look(): number | undefined {
    const reading = this.#read()
    this.#judge(reading)
    return reading.calls > 0 ? this.#window.untilNext(this.#parts.clock.now()) : undefined
  }

  #judge(reading: Reading): void {
    const { minCalls, limit, resolveAt } = this.#rule
    const atMs = this.#parts.clock.epochMs()
    const firedAtMs = this.#firedAtMs
    if (firedAtMs === undefined) {
      if (!reading.isBad || reading.calls < minCalls) return
      this.#firedAtMs = atMs
      this.#tell('fired', reading, { limit, atMs, firedAtMs: atMs })
    } else if (reading.isGood) {
      this.#firedAtMs = undefined
      this.#tell('resolved', reading, { limit: resolveAt, atMs, firedAtMs })
    }
  }

  #tell(type: AlertEvent['type'], reading: Reading, at: Pick<AlertEvent, 'limit' | 'atMs' | 'firedAtMs'>): void {
    const { name, metric, windowMs } = this.#rule
    const value = reading.value()
    const event: AlertEvent = {
      type,
      name,
      metric,
      ...(value !== undefined && { value }),
      calls: reading.calls,
      windowMs,
      ...at,
    }
    tell(this.#listener, event, { where: `alert ${name}`, report: this.#parts.report })
  }
}

/**
 * Watches calls by a rule: tells its listener once when the limit is passed, and once when all is well again.
 *
 * @throws {OptionError} for a rule that cannot be right.
 */
export function watchAlert(
  rule: AlertRule,
  listener: (event: AlertEvent) => unknown,
  parts: MonitoringParts,
): { readonly alert: Alert; readonly observer: TelemetryObserver } {
  const alert = new RunningAlert(checkedRule(rule), listener, parts)
  return { alert, observer: { record: (record) => alert.record(record) } }
}
