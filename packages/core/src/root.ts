import type { Attempt } from './attempt.ts'
import type { CallerOptions } from './call.ts'
import type { Clock } from './clock.ts'
import type { Fault } from './core-notes.ts'
import type { Entry } from './entry.ts'
import { TimeoutError } from './errors.ts'
import type { Plan } from './plan.ts'
import type { Operation } from './request.ts'
import type { Running } from './running.ts'
import { type Interruptible, Scope } from './scope.ts'
import { Times } from './times/times.ts'

/** What a pipeline gives to each of its calls. */
export interface RootOptions {
  readonly operation: Operation
  readonly mode: 'stream' | 'complete'
  readonly clock: Clock
  readonly caller: CallerOptions
  readonly layerOptions: Readonly<Record<string, unknown>> | undefined
  /** Where faults go that no layer hears. */
  readonly report: (fault: Fault) => void
  /** The plan of the call, if times are taken from its start. */
  readonly timed: Plan | undefined
  /** For a detached call: the call it was detached from and the reason. */
  readonly detached?: { readonly reason: string; readonly parentId: string; readonly runningIn: readonly Running[] }
}

/** Drop the ended entries of a long call whenever the list has grown past this many. */
const COMPACT_ABOVE = 64

const newId = (): string => (globalThis as unknown as { crypto: { randomUUID(): string } }).crypto.randomUUID()

/** What all layers of one call share, nested pipelines included. A detached call has one of its own. */
export class Root implements Interruptible {
  readonly options: RootOptions
  readonly startedAt: number
  readonly attempts: Attempt[] = []
  readonly scope: Scope
  /** Where the time of the call goes, if a layer wants to know. */
  times: Times | undefined
  #entries: Entry[] = []
  #runningIn: Running[] = []
  #stopDeadline: (() => void) | undefined
  /** How many steps of the driver are being taken, one within the other. */
  #steps = 0
  #afterStep: (() => void)[] = []
  #id: string | undefined

  constructor(options: RootOptions) {
    this.options = options
    this.startedAt = options.clock.now()
    if (options.timed) this.time(options.timed)
    this.scope = new Scope(this, options.caller.signal ? { signal: options.caller.signal } : {})
    const { deadlineMs } = options.caller
    if (deadlineMs !== undefined) {
      this.#stopDeadline = options.clock.setTimer(deadlineMs, () =>
        this.scope.fire(new TimeoutError({ limit: 'deadline', limitMs: deadlineMs, setBy: 'caller' })),
      )
    }
  }

  /** The core's own id of the call, made when first asked for. */
  get id(): string {
    this.#id ??= newId()
    return this.#id
  }

  /** Takes times from here on: of all, or of what is inside of a nested pipeline that wants them. */
  time(plan: Plan): void {
    this.times ??= new Times(plan, this.options.clock, this.now())
  }

  now(): number {
    return this.options.clock.now()
  }

  /** Knows an entry from its start, so that an abort finds it. */
  enrol(entry: Entry): void {
    if (this.#entries.length > COMPACT_ABOVE) this.#entries = this.#entries.filter((each) => !each.ended)
    this.#entries.push(entry)
  }

  /**
   * Begins a step of the driver that hooks run in: a way in, an event on its way out, endings, a note. Whatever a hook sets off (an
   * abort, a `cancel`) waits until the step is over, so that no pass ends in the middle of it, or before a pass that is further in.
   */
  beginStep(): void {
    this.#steps += 1
  }

  /** Ends a step; the last one lets go of what has waited for it. */
  endStep(): void {
    this.#steps -= 1
    if (this.#afterStep.length > 0) this.#letGo()
  }

  #letGo(): void {
    while (this.#steps === 0 && this.#afterStep.length > 0) this.#afterStep.shift()?.()
  }

  /** Acts now, or as soon as the step is over that is being taken. */
  afterStep(act: () => void): void {
    if (this.#steps === 0) act()
    else this.#afterStep.push(act)
  }

  /** Ends every running pass within a scope that has fired, innermost first (rule E6). */
  interrupt(scope: Scope): void {
    this.afterStep(() => {
      this.beginStep()
      try {
        for (const entry of this.#entries.toReversed()) {
          if (!entry.ended && entry.scope.within(scope)) entry.interrupt(scope.error)
        }
        scope.abortSignals()
      } finally {
        this.endStep()
      }
    })
  }

  /** The call runs in one more pipeline, which must know when it is over. */
  runIn(running: Running): void {
    if (running.add(this)) this.#runningIn.push(running)
  }

  /** A call of its own that lives on when this one is over (rule D1). It runs from when it is given to `next`. */
  detach(reason: string): Root {
    const { signal: _signal, deadlineMs: _deadlineMs, ...caller } = this.options.caller
    const detached = { reason, parentId: this.id, runningIn: [...this.#runningIn] }
    return new Root({ ...this.options, caller, detached, timed: this.times?.plan })
  }

  /** The call is over: its timer and its listener on the caller's signal go. */
  release(): void {
    // the list stays: what is detached from a call that is over runs where that ran
    for (const running of this.#runningIn) running.remove(this)
    this.#stopDeadline?.()
    this.#stopDeadline = undefined
    this.scope.release()
    this.#entries = []
    this.times?.finish()
  }
}
