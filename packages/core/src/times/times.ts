import type { Clock } from '../clock.ts'
import type { Plan } from '../plan.ts'
import { Account, Ledger } from './account.ts'
import type { CallTimes } from './call-times.ts'
import { clockCostMs } from './clock-cost.ts'
import { readingOf } from './reading.ts'
import { Sampling, SLOW_MS } from './sampling.ts'
import { SPAN_MS, TimeSpans } from './time-spans.ts'

/** How many times as long as usual events take that were not timed, until what is too much counts as their reader's. */
const FAR_TOO_LONG = 4

/**
 * The account of one call's time. It runs for somebody at every moment: who takes over reads the clock, so that nothing is left out
 * or counted twice. While nothing of the call runs, it runs for whom the call waits: an adapter; else the layer furthest in whose `handle`,
 * or whose source of a reply, is pending; else the consumer.
 *
 * A read of the clock costs as much as ten hooks. So only some events are timed, each from its pull to the next one; what passes from
 * there on is added up as `leftOutMs`, until something reads the clock again.
 */
export class Times {
  readonly plan: Plan
  readonly startedAt: number
  readonly ledgers: Ledger[] = []
  readonly provider: Account = new Account({ of: 'provider', perEvent: true })
  readonly consumer: Account = new Account({ of: 'consumer', perEvent: true })
  readonly spans: TimeSpans = new TimeSpans()
  /** The last read of the clock. */
  at: number
  /** Whether the event that is on its way is timed. */
  timing = false
  /** Events so far, and how many of these were timed. */
  events = 0
  timedEvents = 0
  /** Time of the others, with all hooks on their way and with their reader, until it is divided. */
  leftOutMs = 0
  /** Whether more events than the first have been timed, which is the measure only until there is another. */
  warm = false
  /** What the timed events have taken that the others are measured by, and how many these are. */
  #sampledMs = 0
  #sampled = 0
  readonly #clock: Clock
  readonly #clockCostMs: number
  readonly #sampling: Sampling
  #current: Account
  /** How many things run, one within the other. */
  #depth = 0
  #adapters = 0
  /** The layers that are pending, the one furthest in last. */
  readonly #pending: Account[] = []
  /** Events that are still to be left out, and were when the clock was last read. */
  #toLeaveOut = 0
  #toLeaveOutThen = 0
  #eventAt = 0
  #over = false
  readonly #listeners: ((times: CallTimes) => void)[] = []

  constructor(plan: Plan, clock: Clock, startedAt: number) {
    this.plan = plan
    this.#clock = clock
    this.#clockCostMs = clockCostMs(clock)
    this.startedAt = startedAt
    this.at = startedAt
    this.#current = this.consumer
    this.#sampling = new Sampling(startedAt)
  }

  /** The accounts of a pipeline: the call's own, or one nested in it. */
  ledgerOf(plan: Plan): Ledger {
    const known = this.ledgers.find((ledger) => ledger.plan === plan)
    if (known) return known
    const ledger = new Ledger(plan)
    this.ledgers.push(ledger)
    return ledger
  }

  /** Something of the call begins to run; {@link end} wants back what this gives. */
  begin(): Account {
    this.#depth += 1
    return this.#current
  }

  /** What has begun is over: it goes on for whoever was running before, or, where nothing is, for whom the call waits. */
  end(before: Account): void {
    this.#depth -= 1
    this.#switchTo(this.#depth === 0 ? this.#waitedFor() : before)
  }

  /** A hook runs from now on. */
  run(account: Account): void {
    this.#switchTo(account)
    account.runs += 1
  }

  /** The call waits for an adapter, or for a layer, beside all others that it waits for; and that one runs. */
  wait(account: Account): void {
    this.#addWait(account)
    this.run(account)
  }

  /** It waits for that one no more. */
  waited(account: Account): void {
    this.#removeWait(account)
    if (this.#depth === 0) this.#switchTo(this.#waitedFor())
  }

  /** Whether the pull that comes is of an event that is not timed. */
  leaveOut(): boolean {
    if (this.#toLeaveOut === 0) return false
    this.#toLeaveOut -= 1
    return true
  }

  /**
   * A pull that reads the clock: it ends the gap of a timed event, or a stretch of others. Whether its own event is timed; if so,
   * {@link endPull} wants to be called.
   */
  beginPull(account: Account): boolean {
    this.#charge()
    // what makes an event of others may pull these within its own pull: they belong to it
    const within = this.timing && this.#depth > 0
    if (!within && !this.#beginEvent()) return false
    this.events += 1
    this.timedEvents += 1
    this.#depth += 1
    this.#current = account
    account.runs += 1
    return true
  }

  /** The pull of a timed event is over; its time goes on until the first hook, or until the wait begins. */
  endPull(): void {
    this.#depth -= 1
  }

  /** A pull waits. */
  beginWait(account: Account, now: number): void {
    this.#charge(now)
    this.#addWait(account)
    if (this.#depth === 0) this.#current = this.#waitedFor()
  }

  /** It was answered, or is no more waited for. */
  endWait(account: Account, now: number): void {
    // events that are left out are never waited for
    this.#charge(now, false)
    this.#removeWait(account)
    if (this.#depth === 0) this.#current = this.#waitedFor()
  }

  /** Where the time has gone so far. */
  read(): CallTimes {
    this.#charge()
    return readingOf(this)
  }

  /** Tells a listener when the call is over. */
  tell(listener: (times: CallTimes) => void): void {
    this.#listeners.push(listener)
  }

  /** The call is over. */
  finish(): void {
    if (this.#over) return
    this.#charge()
    this.#over = true
    const reading = this.#listeners.length === 0 ? undefined : readingOf(this)
    for (const listener of this.#listeners) listener(reading as CallTimes)
  }

  #switchTo(account: Account): void {
    if (account === this.#current) return
    this.#charge()
    this.#current = account
  }

  /** Charges what has passed since the last read of the clock. */
  #charge(now: number = this.#clock.now(), samples = true): void {
    if (this.#over) return
    const elapsed = now - this.at
    const startMs = this.at - this.startedAt
    this.at = now
    const leftOut = this.#toLeaveOutThen - this.#toLeaveOut
    if (leftOut > 0) {
      this.#toLeaveOutThen = this.#toLeaveOut
      this.#chargeLeftOut(leftOut, startMs, elapsed)
      return
    }
    const account = this.#current
    account.ms += elapsed
    if (elapsed >= SPAN_MS) this.spans.add(account, startMs, elapsed)
    if (this.timing && samples && account.owner.perEvent && elapsed < SLOW_MS) this.#measure(account, elapsed)
  }

  #measure(account: Account, elapsed: number): void {
    // events that are left out pay no read of the clock
    const ms = elapsed - this.#clockCostMs
    if (this.warm) account.sampledMs += ms
    else account.coldMs += ms
    this.#sampledMs += ms
  }

  /** Whoever had the call before the next pull is the only one who may have kept it for any time: too much is theirs. */
  #chargeLeftOut(events: number, startMs: number, elapsed: number): void {
    this.events += events
    if (elapsed >= SPAN_MS) this.spans.add(undefined, startMs, elapsed)
    const usualMs = (events * Math.max(0, this.#sampledMs)) / Math.max(1, this.#sampled)
    const tooMuch = elapsed >= SPAN_MS && elapsed > FAR_TOO_LONG * usualMs
    this.leftOutMs += tooMuch ? usualMs : elapsed
    if (tooMuch) this.#current.ms += elapsed - usualMs
  }

  /** The event before is over, with its gap. Whether the next one is timed. */
  #beginEvent(): boolean {
    if (this.timing) {
      this.#sampled += 1
      this.#toLeaveOut = this.#sampling.skip(this.#eventAt, this.at, Math.random())
    }
    this.timing = this.#toLeaveOut === 0
    if (!this.timing) {
      this.#toLeaveOutThen = this.#toLeaveOut
      this.#toLeaveOut -= 1
      return false
    }
    if (!this.warm && this.#sampled === 1) {
      this.warm = true
      this.#sampled = this.#sampledMs = 0
    }
    this.#eventAt = this.at
    return true
  }

  #waitedFor(): Account {
    if (this.#adapters > 0) return this.provider
    return this.#pending.at(-1) ?? this.consumer
  }

  #addWait(account: Account): void {
    if (account === this.provider) this.#adapters += 1
    else this.#pending.push(account)
  }

  #removeWait(account: Account): void {
    if (account === this.provider) this.#adapters -= 1
    else this.#pending.splice(this.#pending.lastIndexOf(account), 1)
  }
}
