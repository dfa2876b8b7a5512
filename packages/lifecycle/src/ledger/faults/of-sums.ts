import type { MetricRow } from '@cepa/core'
import type { Evidence } from '../stage/evidence.ts'
import { changeFirst, type PlantedFault } from './fault.ts'

const inRows =
  (change: (row: MetricRow) => MetricRow) =>
  (evidence: Evidence): Evidence => ({
    ...evidence,
    snapshots: evidence.snapshots.map((snapshot) =>
      snapshot.by.length === 1 && snapshot.by[0] === 'provider'
        ? { ...snapshot, rows: snapshot.rows.map((row, index) => (index === 0 ? change(row) : row)) }
        : snapshot,
    ),
  })

/** Faults in metrics, spans and groups. */
export const OF_SUMS: readonly PlantedFault[] = [
  {
    name: 'a metric that counts a call twice',
    surface: 'metrics',
    plant: inRows((row) => ({ ...row, calls: row.calls + 1 })),
    finds: [/^metrics of provider=\w+ \[line-.*\]: calls is/],
  },
  {
    name: 'a metric with an error of another kind',
    surface: 'metrics',
    plant: inRows((row) => ({ ...row, errors: { ...row.errors, internal: 1 } })),
    finds: [/^metrics of provider=.*: errors\.internal is 1, the ledger says 0/],
  },
  {
    name: 'a sample for Prometheus that is one more',
    surface: 'Prometheus',
    plant: (evidence) => ({
      ...evidence,
      text: evidence.text.replace(/^(cepa_input_tokens_total\{.*\}) (\d+)$/m, (_all, head: string, value: string) =>
        [head, Number(value) + 1].join(' '),
      ),
    }),
    finds: [/^Prometheus: .*\[line-.*\]: input_tokens_total/, /^Prometheus: all: input_tokens_total/],
  },
  {
    name: 'a span that has the usage doubled',
    surface: 'spans',
    plant: (evidence) => ({
      ...evidence,
      spans: changeFirst(
        evidence.spans,
        ({ attributes }) => attributes['gen_ai.usage.input_tokens'] !== undefined,
        (span) => [
          {
            ...span,
            attributes: {
              ...span.attributes,
              'gen_ai.usage.input_tokens': 2 * Number(span.attributes['gen_ai.usage.input_tokens']),
            },
          },
        ],
      ),
    }),
    finds: [/^span line-.*: gen_ai\.usage\.input_tokens/, /^spans: all: gen_ai\.usage\.input_tokens/],
  },
  {
    name: 'a span of an attempt that has usage too',
    surface: 'spans',
    plant: (evidence) => ({
      ...evidence,
      spans: changeFirst(
        evidence.spans,
        ({ attributes }) => attributes['cepa.attempt.index'] === 0,
        (span) => [{ ...span, attributes: { ...span.attributes, 'gen_ai.usage.output_tokens': 1 } }],
      ),
    }),
    finds: [/^span line-.*: usage on the span of attempt 0/],
  },
  {
    name: 'a series of OpenTelemetry that lacks a value',
    surface: 'OpenTelemetry metrics',
    plant: (evidence) => ({
      ...evidence,
      series: changeFirst(
        evidence.series,
        ({ metric }) => metric === 'gen_ai.client.token.usage',
        (series) => [{ ...series, count: series.count - 1 }],
      ),
    }),
    finds: [/^OpenTelemetry metrics: provider=.*: calls with \w+ tokens/],
  },
  {
    name: 'a metric that comes twice',
    surface: 'OTLP',
    plant: (evidence) => ({ ...evidence, otlpSeries: [...evidence.otlpSeries, ...evidence.otlpSeries.slice(0, 1)] }),
    finds: [/^OTLP: .*\[line-.*\]: /],
  },
  {
    name: 'usage on a second span',
    surface: 'OTLP',
    plant: (evidence) => ({
      ...evidence,
      otlpSpanAttributes: [...evidence.otlpSpanAttributes, 'gen_ai.usage.input_tokens'],
    }),
    finds: [/^OTLP: a span has gen_ai\.usage\.input_tokens$/],
  },
  {
    name: 'a total that lacks an attempt',
    surface: 'totals',
    plant: ({ totals, ...evidence }) => {
      const { tokens, cache } = totals.openai
      return {
        ...evidence,
        totals: { ...totals, openai: { cache, tokens: { ...tokens, attempts: tokens.attempts - 1 } } },
      }
    },
    finds: [/^totals of tokens, openai: attempts is/],
  },
  {
    name: 'a group that lacks a call',
    surface: 'groups',
    plant: (evidence) => ({
      ...evidence,
      groups: changeFirst(
        evidence.groups,
        ({ calls }) => calls > 0,
        (group) => [{ ...group, calls: group.calls - 1 }],
      ),
    }),
    finds: [/^group [\w/]+: calls is/],
  },
]
