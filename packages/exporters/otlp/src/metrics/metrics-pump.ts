import type { Clock } from '@cepa/core'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Origin } from '../origin.ts'
import type { Sender, Sent } from '../sender.ts'
import type { MetricStore } from './metric-store.ts'

/** After a failure that may pass, the next sending is not later than this, in milliseconds. */
const AGAIN_MS = 5000

/** What a pump is made of. */
export interface PumpOptions {
  readonly store: MetricStore
  readonly sender: Sender<ResourceMetrics>
  readonly origin: Origin
  readonly clock: Clock
  readonly intervalMs: number
  /** Told of a failure, once until it works again; of what the destination did not like, each time. */
  readonly report: (error: Error) => void
}

/** Sends the metrics at intervals, one sending at a time. What fails is in the next. */
export class MetricsPump {
  readonly #options: PumpOptions
  #running: Promise<unknown> = Promise.resolve()
  #cancel: (() => void) | undefined
  #failing = false
  #closed = false

  constructor(options: PumpOptions) {
    this.#options = options
  }

  /** There is something to send, now or later. */
  start(): void {
    if (this.#cancel === undefined && !this.#closed) this.#schedule(this.#options.intervalMs)
  }

  /** Sends what there is. @throws where that fails. */
  async flush(): Promise<void> {
    const sent = await this.#send()
    if (sent?.ok === false) throw sent.error
  }

  /** Sends what there is, then nothing more. @throws where that fails. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    try {
      await this.flush()
    } finally {
      this.#options.sender.close()
    }
  }

  #schedule(delayMs: number): void {
    this.#cancel = this.#options.clock.setTimer(delayMs, () => void this.#tick(), { background: true })
  }

  async #tick(): Promise<void> {
    const { intervalMs } = this.#options
    const sent = await this.#send()
    if (this.#closed) return
    const again = sent?.ok === false && sent.retry
    this.#schedule(again ? Math.max(sent.retryAfterMs ?? 0, Math.min(intervalMs, AGAIN_MS)) : intervalMs)
  }

  #send(): Promise<Sent | undefined> {
    const sending = this.#running.then(() => this.#sendOnce())
    this.#running = sending
    return sending
  }

  async #sendOnce(): Promise<Sent | undefined> {
    const { store, sender, origin, clock } = this.#options
    const collected = store.collect(clock.epochMs())
    if (collected.metrics.length === 0) return undefined
    const { resource, scope } = origin
    const sent = await sender.send({ resource, scopeMetrics: [{ scope, metrics: collected.metrics }] })
    if (sent.ok) collected.arrived()
    this.#tell(sent)
    return sent
  }

  #tell(sent: Sent): void {
    const { report } = this.#options
    if (sent.ok) {
      this.#failing = false
      if (sent.warning !== undefined) report(new Error(sent.warning))
    } else if (!this.#failing) {
      this.#failing = true
      report(sent.error)
    }
  }
}
