import type { CallRecord, Exporter, RecordedNote } from '@cepa/core'
import type { Problem } from './problem.ts'

/** A call that has come, as observers are told; the same object when its pass ends. */
export interface CallInFlight {
  /** The `id` that its record will have. */
  readonly id: string
  readonly requestId: string
  readonly pipeline: string
  readonly operation: 'chat' | 'embed'
  readonly mode: 'stream' | 'complete'
  /** The provider that the stack leads to. */
  readonly provider: string
  /** The model that was asked for. */
  readonly model: string
  /** The caller's labels, scrubbed of secrets. */
  readonly attributes: Readonly<Record<string, string>>
  /** Wall clock of the start, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
}

/** What watches the calls of one telemetry, in this process: metrics, alerts, monitoring hooks. */
export interface TelemetryObserver {
  /** A call came in. Called within the call: be quick. */
  start?(call: CallInFlight): void
  /** Its pass ended. Called within the call, for every `start` once. */
  end?(call: CallInFlight): void
  /** Its record, redacted, without content and sampling: every one, before level, filter and sample. Called in a later task. */
  record?(record: CallRecord): void
  /** A note, redacted. Called in a later task. */
  note?(note: RecordedNote): void
}

/** The observers of one telemetry. What one of them throws is told, and touches neither the call nor the others. */
export class Observers {
  readonly #report: (problem: Problem) => void
  /** They are told by themselves: a user who hands one in too makes nothing count twice. */
  readonly #exporters = new WeakSet<object>()
  #all: readonly TelemetryObserver[] = []

  constructor(report: (problem: Problem) => void) {
    this.#report = report
  }

  /** Adds an observer; gives the function that takes it away. */
  add(observer: TelemetryObserver): () => void {
    if (this.#exporters.has(observer)) return () => undefined
    this.#all = [...this.#all, observer]
    let there = true
    return () => {
      if (!there) return
      there = false
      const index = this.#all.indexOf(observer)
      this.#all = this.#all.toSpliced(index, 1)
    }
  }

  /** Adds an exporter, if it wants to be told of every record. */
  addExporter(exporter: Exporter): void {
    if (exporter.record === undefined || this.#exporters.has(exporter)) return
    this.add({ record: (record) => exporter.record?.(record) })
    this.#exporters.add(exporter)
  }

  /** Whether any observer has a hook. */
  has(hook: keyof TelemetryObserver): boolean {
    return this.#all.some((observer) => observer[hook] !== undefined)
  }

  /** Calls one hook of all observers. */
  tell<H extends keyof TelemetryObserver>(hook: H, value: Parameters<NonNullable<TelemetryObserver[H]>>[0]): void {
    for (const observer of this.#all) {
      try {
        const result: unknown = (observer[hook] as ((told: typeof value) => unknown) | undefined)?.(value)
        if (result instanceof Promise) result.catch((error) => this.#failed(hook, error))
      } catch (error) {
        this.#failed(hook, error)
      }
    }
  }

  #failed(hook: string, thrown: unknown): void {
    this.#report({ where: `observer.${hook}`, error: thrown instanceof Error ? thrown : new Error(String(thrown)) })
  }
}
