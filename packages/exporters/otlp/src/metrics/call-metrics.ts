import type { CallRecord, LossRecord } from '@cepa/core'
import {
  type Attributes,
  instrumentsOf,
  MetricWriter,
  metricAttributes,
  OWN_NAMES,
  type Wording,
} from '@cepa/core/semantic-conventions'
import type { MetricStore } from './metric-store.ts'

/** What the conventions have no metrics for. */
const ownInstruments = (store: MetricStore) => ({
  calls: store.createCounter('cepa.client.calls', { unit: '{call}', description: 'Calls that have ended.' }),
  cost: store.createCounter('cepa.client.cost', {
    unit: '{USD}',
    description: 'What calls cost, as far as it is known.',
  }),
  lost: store.createCounter('cepa.telemetry.lost', {
    unit: '{item}',
    description: 'Records and notes that did not reach this destination.',
  }),
})

/** Measures calls by their records: the client metrics of the conventions, and number and cost of calls. */
export class CallMetrics {
  readonly #store: MetricStore
  readonly #wording: Wording
  readonly #writer: MetricWriter
  readonly #instruments: ReturnType<typeof instrumentsOf>
  readonly #own: ReturnType<typeof ownInstruments>

  constructor(store: MetricStore, wording: Wording) {
    this.#store = store
    this.#wording = wording
    this.#writer = new MetricWriter(wording)
    this.#instruments = instrumentsOf(store, wording.names)
    this.#own = ownInstruments(store)
  }

  /** @param weight how many calls the record stands for. */
  measure(record: CallRecord, weight: number = 1): void {
    this.#store.weight = weight
    try {
      // a record tells how the gaps between pieces were spread, not each of them
      this.#writer.record(this.#instruments, { call: record, gapsMs: [], context: undefined })
      this.#measureOwn(record)
    } finally {
      this.#store.weight = 1
    }
  }

  lose({ lost }: LossRecord): void {
    for (const [reason, count] of Object.entries(lost)) this.#own.lost.add(count, { 'cepa.loss.reason': reason })
  }

  #measureOwn(record: CallRecord): void {
    const base = metricAttributes(record, this.#wording)
    const { calls, cost } = this.#own
    const outcome: Attributes = { [OWN_NAMES.ending]: record.ending }
    if (record.cache) outcome[OWN_NAMES.cacheOutcome] = record.cache.outcome
    calls.add(1, { ...base, ...outcome })
    const { usd } = record.cost ?? {}
    if (usd) cost.add(usd, base)
  }
}
