import type { Clock, Exporter, ExporterLimits, LossReason, TelemetryItem } from '@cepa/core'
import type { Problem } from '../problem.ts'
import { backoffMs } from './backoff.ts'
import { exportOnce, type UnderWay } from './export-once.ts'
import { LaneQueue, type Waiting } from './lane-queue.ts'
import { Losses } from './losses.ts'
import { freezeAndMeasure } from './size.ts'
import type { ExporterStats } from './stats.ts'

/** What a lane is made of. */
export interface LaneOptions {
  /** For errors and counters: the exporter's, with a number where several have it. */
  readonly name: string
  readonly exporter: Exporter
  readonly wants: readonly TelemetryItem['type'][]
  readonly limits: Required<ExporterLimits>
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly report: (problem: Problem) => void
}

const noop = () => undefined

/**
 * The way to one exporter: a bounded queue, batches, tries again, counters. Nothing that the exporter does is felt outside of its lane.
 */
export class Lane {
  readonly #options: LaneOptions
  readonly #queue: LaneQueue
  readonly #losses: Losses
  #state: 'open' | 'closing' | 'closed' = 'open'
  #running: Promise<void> | undefined
  #underWay: UnderWay | undefined
  #cancelDelay: (() => void) | undefined
  /** Ends a wait between two tries. */
  #hurry: () => void = noop
  #delivered = 0
  #retries = 0
  #reported = false
  #lastError: Error | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.#queue = new LaneQueue(options.limits)
    this.#losses = new Losses(options.clock)
  }

  get name(): string {
    return this.#options.name
  }

  wants(type: TelemetryItem['type']): boolean {
    return this.#options.wants.includes(type)
  }

  /** Takes an item, or counts it as lost. */
  offer(waiting: Waiting): void {
    if (this.#state !== 'open') this.lose('closed')
    else if (!this.#take(waiting)) this.lose('full')
    else if (this.#queue.hasBatch) this.#pump()
    else this.#schedule()
  }

  lose(reason: LossReason, count = 1): void {
    this.#losses.add(reason, count)
  }

  /** Puts it into the queue, where there is room; notes make room for all else. */
  #take(waiting: Waiting): boolean {
    if (waiting.item.type !== 'note') this.lose('full', this.#queue.makeRoom(waiting.bytes))
    return this.#queue.add(waiting)
  }

  /** Resolves when everything that waits has been delivered, or was given up, and the exporter has flushed. Never rejects. */
  async flush(): Promise<void> {
    this.#pump()
    this.#hurry()
    await this.#running
    await this.#guarded('flush')
  }

  /** Takes nothing more, and delivers what waits. Never rejects. */
  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing'
    this.#tellLosses()
    this.#pump()
    this.#hurry()
    await this.#running
    await this.#release()
  }

  /** The time for closing is up: what is left is lost. */
  abandon(): void {
    if (this.#state === 'closed') return
    const left = this.#queue.clear()
    this.lose('closed', left)
    this.#state = 'closed'
    this.#underWay?.stop(new Error('telemetry was closed'))
    this.#hurry()
    // it may still release what it holds; nobody waits for that
    void this.#guarded('close')
  }

  stats(): ExporterStats {
    const { message } = this.#lastError ?? {}
    return {
      name: this.name,
      waiting: this.#queue.length,
      waitingBytes: this.#queue.bytes,
      delivered: this.#delivered,
      retries: this.#retries,
      lost: { ...this.#losses.total },
      ...(message !== undefined && { lastError: message }),
    }
  }

  async #release(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    await this.#guarded('close')
  }

  #schedule(): void {
    if (this.#cancelDelay || this.#running) return
    this.#cancelDelay = this.#options.clock.setTimer(this.#options.limits.delayMs, () => this.#pump())
  }

  #pump(): void {
    this.#cancelDelay?.()
    this.#cancelDelay = undefined
    if (this.#running || this.#queue.length === 0) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      // what came in the last moment
      if (this.#queue.length > 0) this.#schedule()
    })
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) await this.#deliver(this.#queue.takeBatch())
  }

  async #deliver(batch: readonly Waiting[]): Promise<void> {
    const { name, exporter, limits, clock, random } = this.#options
    const items = batch.map(({ item }) => item)
    const one = { name, exporter, timeoutMs: limits.timeoutMs, clock }
    for (let attempt = 1; !this.#isClosed(); attempt++) {
      this.#underWay = exportOnce({ ...one, items: [...items], attempt })
      const result = await this.#underWay.result
      this.#underWay = undefined
      if (result.ok) {
        this.#succeeded(items, result.rejected)
        return
      }
      this.#failed(result.error)
      if (!result.retry || attempt > limits.retries || this.#isClosed()) break
      this.#retries += 1
      await this.#wait(backoffMs(attempt, result.retryAfterMs, random()))
    }
    this.#giveUp(items)
  }

  /** Asked after a wait, in which it may have been closed. */
  #isClosed(): boolean {
    return this.#state === 'closed'
  }

  #succeeded(items: readonly TelemetryItem[], rejected = 0): void {
    this.#reported = false
    const own = items.filter(({ type }) => type === 'loss').length
    this.#delivered += Math.max(0, items.length - own - rejected)
    this.lose('rejected', rejected)
    this.#tellLosses()
  }

  #failed(error: Error): void {
    this.#lastError = error
    if (this.#reported) return
    this.#reported = true
    this.#options.report({ where: `exporter ${this.name}`, error })
  }

  #giveUp(items: readonly TelemetryItem[]): void {
    for (const item of items) if (item.type === 'loss') this.#losses.giveBack(item.loss)
    this.lose(this.#state === 'closed' ? 'closed' : 'failed', items.filter(({ type }) => type !== 'loss').length)
  }

  /** An exporter that works, and wants to know, is told what it has missed. */
  #tellLosses(): void {
    if (!this.#losses.hasUntold || !this.wants('loss')) return
    const loss = this.#losses.take()
    const item = { type: 'loss', loss } as const
    if (!this.#take({ item, bytes: freezeAndMeasure(item) })) this.#losses.giveBack(loss)
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.setTimer(delayMs, resolve, { background: true })
      this.#hurry = () => {
        this.#hurry = noop
        cancel()
        resolve()
      }
    })
  }

  async #guarded(method: 'flush' | 'close'): Promise<void> {
    try {
      await this.#options.exporter[method]?.()
    } catch (thrown) {
      this.#failed(thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
  }
}
