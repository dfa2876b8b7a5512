import { type Clock, type EventBody, type Feed, ProviderError, type StreamEvent } from '@cepa/core'
import { errorFor } from './failure.ts'
import type { OpenEntry } from './ledger.ts'
import type { Meter } from './meter.ts'
import type { Step } from './script.ts'
import { StepEvents } from './step-events.ts'

/** What a feed needs beside its plan. */
export interface FeedContext {
  readonly steps: readonly Step[]
  readonly provider: string
  readonly providerRequestId: string
  readonly clock: Clock
  readonly entry: OpenEntry
  readonly meter: Meter
  /** Whether pulls that need not wait answer at once, or in a promise. */
  readonly synchronous: boolean
}

type Pulled = StreamEvent | null

/** The steps of a plan as a feed, with the ledger kept. Rule R2 to the letter. */
export class ScriptFeed implements Feed {
  readonly #context: FeedContext
  readonly #events: StepEvents
  #step = 0
  #queue: EventBody[] = []
  #at: number | undefined
  #over = false
  #closed = false
  #pending: PromiseWithResolvers<Pulled> | undefined
  #cancelTimer: (() => void) | undefined

  constructor(context: FeedContext) {
    this.#context = context
    this.#events = new StepEvents(context.meter)
  }

  pull(): Pulled | Promise<Pulled> {
    const { entry, synchronous } = this.#context
    entry.pulls++
    if (this.#closed) entry.pullsAfterClose++
    if (this.#pending !== undefined) {
      entry.pullsOverlapping++
      return this.#pending.promise
    }
    if (synchronous) return this.#next()
    try {
      return Promise.resolve(this.#next())
    } catch (error) {
      return Promise.reject(error)
    }
  }

  close(reason?: unknown): void {
    const { entry } = this.#context
    entry.closes++
    if (this.#closed) return
    this.#closed = true
    this.#cancelTimer?.()
    if (!this.#over) this.#finish('closed')
    if (entry.outcome === 'closed') {
      entry.closedBy = 'close'
      entry.closeReason = reason
    }
    this.#pending?.resolve(null)
    this.#pending = undefined
  }

  /** The next event, or a promise of it where a step waits. Throws where a step fails. */
  #next(): Pulled | Promise<Pulled> {
    for (;;) {
      if (this.#over) return null
      const queued = this.#queue.shift()
      if (queued !== undefined) return this.#give(queued)
      const step = this.#context.steps[this.#step++]
      if (step === undefined) return this.#drop()
      const wait = this.#waitOf(step)
      if (wait !== undefined) return wait
      this.#failIfTold(step)
      if ('drop' in step) return this.#drop()
      this.#read(step)
    }
  }

  /** An event's time is when its bytes were read; those of a whole answer were read at once. */
  #read(step: Step): void {
    const { clock, entry } = this.#context
    if (entry.mode === 'stream' || this.#at === undefined) this.#at = clock.now()
    this.#queue.push(...this.#events.of(step))
  }

  #give(body: EventBody): StreamEvent {
    const { entry, meter } = this.#context
    const event: StreamEvent = { ...body, at: this.#at ?? 0 }
    entry.events.push(event)
    entry.charged = meter.charged
    if (event.type === 'end') this.#finish('ended')
    return event
  }

  #drop(): null {
    this.#finish('ended')
    return null
  }

  #finish(outcome: OpenEntry['outcome']): void {
    const { entry, clock, meter } = this.#context
    this.#over = true
    entry.outcome = outcome
    entry.endedAt = clock.now()
    entry.charged = meter.charged
  }

  #waitOf(step: Step): Promise<Pulled> | undefined {
    const { clock } = this.#context
    if ('waitMs' in step) return this.#wait((go) => (this.#cancelTimer = clock.setTimer(step.waitMs, go)))
    if ('until' in step) {
      const { until } = step
      return this.#wait((go) => (typeof until === 'function' ? until() : until).then(go, go))
    }
    return 'stall' in step ? this.#wait(() => undefined) : undefined
  }

  #wait(begin: (go: () => void) => unknown): Promise<Pulled> {
    const pending = Promise.withResolvers<Pulled>()
    this.#pending = pending
    begin(() => {
      if (this.#pending !== pending) return
      this.#pending = undefined
      this.#cancelTimer = undefined
      try {
        pending.resolve(this.#next())
      } catch (error) {
        pending.reject(error)
      }
    })
    return pending.promise
  }

  #failIfTold(step: Step): void {
    const error = failureIn(step, this.#context)
    if (error === undefined) return
    this.#finish('failed')
    throw error
  }
}

/** The error of a step that does something wrong, as an adapter tells it. */
export function failureIn(step: Step, of: Pick<FeedContext, 'provider' | 'providerRequestId'>): Error | undefined {
  const { provider, providerRequestId } = of
  if ('error' in step) return errorFor(step.error, provider, providerRequestId)
  if ('truncate' in step) {
    return new ProviderError({
      provider,
      kind: 'truncated',
      message: 'the answer ended without its finish',
      providerRequestId,
    })
  }
  if ('reset' in step) {
    return new ProviderError({ provider, kind: 'network', message: 'the connection was reset', providerRequestId })
  }
  return undefined
}
