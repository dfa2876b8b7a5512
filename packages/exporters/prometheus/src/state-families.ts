import type { ProviderState } from '@cepa/core'
import type { MetricFamily } from './family.ts'
import { labelsOf } from './label-names.ts'

const STATES: readonly ProviderState[] = ['up', 'degraded', 'down']

/** The families of how things stand now. */
export const STATE_FAMILIES: readonly MetricFamily[] = [
  {
    name: 'calls_in_flight',
    type: 'gauge',
    help: 'Calls that have begun and not ended.',
    dimensions: ['pipeline', 'operation', 'mode', 'provider', 'model'],
    labels: [],
    samples: ({ snapshot }) => snapshot.inFlight.map((row) => ({ labels: labelsOf(row), value: row.calls })),
  },
  {
    name: 'provider_state',
    type: 'gauge',
    help: 'Whether a provider is in a state (1) or not (0), as real calls tell.',
    dimensions: [],
    labels: ['provider', 'state'],
    samples: ({ providers }) =>
      providers.flatMap(({ provider, state }) =>
        STATES.map((each) => ({ labels: { provider, state: each }, value: each === state ? 1 : 0 })),
      ),
  },
  {
    name: 'label_overflow_total',
    type: 'counter',
    help: 'How often a value was counted as "other" because there were too many.',
    dimensions: [],
    labels: ['dimension'],
    samples: ({ snapshot }) =>
      Object.entries(snapshot.overflow).map(([dimension, value]) => ({ labels: { dimension }, value })),
  },
]

/** The families of what telemetry itself did, and lost. */
export const HEALTH_FAMILIES: readonly MetricFamily[] = [
  {
    name: 'telemetry_records_total',
    type: 'counter',
    help: 'Records of calls, by what became of them.',
    dimensions: [],
    labels: ['fate'],
    samples: ({ health }) =>
      health === undefined
        ? []
        : Object.entries({
            kept: health.kept,
            filtered: health.filtered,
            sampled_out: health.sampledOut,
            over_rate: health.overRate,
          }).map(([fate, value]) => ({ labels: { fate }, value })),
  },
  {
    name: 'telemetry_lost_items_total',
    type: 'counter',
    help: 'Records and notes that never came to an exporter, by reason.',
    dimensions: [],
    labels: ['reason'],
    samples: ({ health }) =>
      health === undefined
        ? []
        : Object.entries({ withheld: health.withheld, overrun: health.overrun }).map(([reason, value]) => ({
            labels: { reason },
            value,
          })),
  },
  {
    name: 'exporter_delivered_items_total',
    type: 'counter',
    help: 'Items that reached the destination of an exporter.',
    dimensions: [],
    labels: ['exporter'],
    samples: ({ health }) =>
      (health?.exporters ?? []).map(({ name, delivered }) => ({ labels: { exporter: name }, value: delivered })),
  },
  {
    name: 'exporter_lost_items_total',
    type: 'counter',
    help: 'Items that did not, by reason.',
    dimensions: [],
    labels: ['exporter', 'reason'],
    samples: ({ health }) =>
      (health?.exporters ?? []).flatMap(({ name, lost }) =>
        Object.entries(lost).map(([reason, value]) => ({ labels: { exporter: name, reason }, value })),
      ),
  },
  {
    name: 'exporter_waiting_items',
    type: 'gauge',
    help: 'Items that wait for an exporter.',
    dimensions: [],
    labels: ['exporter'],
    samples: ({ health }) =>
      (health?.exporters ?? []).map(({ name, waiting }) => ({ labels: { exporter: name }, value: waiting })),
  },
]
