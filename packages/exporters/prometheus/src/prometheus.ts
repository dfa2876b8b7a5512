import {
  type Checked,
  checkOptions,
  having,
  list,
  type MetricDimension,
  type MetricsSource,
  OptionError,
  type OptionRules,
  oneOf,
  type Rule,
  record,
  required,
  text,
} from '@cepa/core'
import { CONTENT_TYPE, expose } from './exposition.ts'
import { METRIC_FAMILIES } from './families.ts'
import type { View } from './family.ts'
import { labelNameOf, sameLabel } from './label-names.ts'
import { feed, type PromClientRegistry } from './registry.ts'

/** What {@link prometheus} takes. */
export interface PrometheusOptions {
  /** Where the metrics come from: a `telemetry()`. */
  readonly source: MetricsSource
  /** What calls are told apart by. Default: everything that the source keeps. */
  readonly by?: readonly MetricDimension[]
  /** What all names begin with. Default: `cepa_`. */
  readonly prefix?: string
  /** Metrics that are left out, by their names without the prefix: `['call_cost_usd']`. Default: none. */
  readonly omit?: readonly string[]
  /** Labels that every sample has: `{ service: 'shop' }`. Default: none. */
  readonly labels?: Readonly<Record<string, string>>
  /** A registry of prom-client that is to have them too. Default: none. */
  readonly registry?: PromClientRegistry
}

/** What is used of a request of `node:http`. */
export interface PrometheusRequest {
  readonly method?: string | undefined
}

/** What is used of a response of `node:http`. */
export interface PrometheusResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body?: string): unknown
}

/** Metrics for Prometheus. */
export interface Prometheus {
  /** The Content-Type of the text. */
  readonly contentType: string
  /** Everything as it is now, in Prometheus' text format. */
  text(): string
  /** Answers a scrape; made for `createServer` and for routers that give Node's own request and response. */
  handle(request: PrometheusRequest, response: PrometheusResponse): void
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

const RULES = {
  source: required(having<MetricsSource>('metrics')),
  by: list(text() as Rule<string> as Rule<MetricDimension>),
  prefix: text({
    pattern: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
    expects: 'letters, digits and underscores, no digit first',
    default: 'cepa_',
  }),
  omit: list(oneOf(METRIC_FAMILIES.map(({ name }) => name))),
  labels: record(text()),
  registry: having<PromClientRegistry>('registerMetric'),
} satisfies OptionRules<PrometheusOptions>

const refuse = (field: string, value: unknown, remedy: string): never => {
  throw new OptionError({ owner: 'prometheus', field, value: JSON.stringify(value), remedy })
}

/** Labels that samples have of their own. */
const taken = (by: readonly MetricDimension[]): ReadonlySet<string> =>
  new Set(['le', ...METRIC_FAMILIES.flatMap(({ labels }) => labels), ...by.map(labelNameOf)])

function checkLabels(labels: Readonly<Record<string, string>>, by: readonly MetricDimension[]): void {
  for (const name of Object.keys(labels)) {
    if (!LABEL_NAME.test(name) || name.startsWith('__')) refuse('labels', name, 'it is no name for a label')
    if (taken(by).has(name)) refuse('labels', name, 'metrics have a label of that name already')
  }
  const same = sameLabel(by)
  if (same) refuse('by', same, `both would be the label ${labelNameOf(same[0])}`)
}

/** Looks once for all that is asked at the same moment, as when a registry asks every metric in turn. */
function onceAtATime(look: () => View): () => View {
  let seen: View | undefined
  return () => {
    if (seen === undefined) {
      seen = look()
      void Promise.resolve().then(() => {
        seen = undefined
      })
    }
    return seen
  }
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Record<string, string>
}

function answerOf(text: () => string, method: string): Answer {
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, body: 'ask with GET\n', headers: { allow: 'GET, HEAD' } }
  try {
    return { status: 200, body: text(), headers: { 'content-type': CONTENT_TYPE } }
  } catch {
    return { status: 500, body: 'the metrics could not be read\n' }
  }
}

/** Answers one scrape. */
function handle(text: () => string, { method = 'GET' }: PrometheusRequest, response: PrometheusResponse): void {
  const { status, body, headers } = answerOf(text, method)
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers })
  response.end(method === 'HEAD' ? undefined : body)
}

/**
 * Shows the metrics of a telemetry to Prometheus: as text, as a handler to mount, in a registry of prom-client. Reads when it is asked and
 * keeps nothing.
 *
 * @throws {OptionError} for options that cannot be right, and for a source whose metrics are not enabled.
 *
 * @example
 * const metrics = prometheus({ source: watch })
 * createServer((request, response) => metrics.handle(request, response)).listen(9464)
 */
export function prometheus(options: PrometheusOptions): Prometheus {
  const checked: Checked<PrometheusOptions, typeof RULES> = checkOptions<PrometheusOptions, typeof RULES>(
    'prometheus',
    RULES,
    options,
  )
  const { source, prefix, labels = {}, omit = [], registry, by = source.metricDimensions } = checked
  checkLabels(labels, by)
  const look = (): View => ({
    snapshot: source.metrics({ by, buckets: true }),
    providers: source.providers?.() ?? [],
    health: source.stats?.(),
  })
  // says at once what would fail at every scrape
  look()
  const families = METRIC_FAMILIES.filter(({ name }) => !omit.includes(name))
  const naming = { prefix, labels }
  if (registry) feed(registry, families, { look: onceAtATime(look), naming })
  const exposition = (): string => expose(families, look(), naming)
  return {
    contentType: CONTENT_TYPE,
    text: exposition,
    handle: (request, response) => handle(exposition, request, response),
  }
}
