import { validateHeaderName, validateHeaderValue } from 'node:http'
import {
  anyOf,
  type Clock,
  checkOptions,
  flag,
  func,
  group,
  having,
  integer,
  number,
  OptionError,
  type OptionRules,
  oneOf,
  type Rule,
  record,
  systemClock,
  text,
} from '@cepa/core'
import { CONTENT_PLACES, type ContentPlace, SEMCONV_VERSIONS, type Semconv } from '@cepa/core/semantic-conventions'
import type { Attributes } from '@opentelemetry/api'
import { isHttpUrl } from './environment.ts'
import type { Temporality } from './metrics/metric.ts'
import type { OtlpProtocol } from './signal.ts'

/** How one signal is sent, where that differs from the others. */
export interface OtlpSignalOptions {
  /** Its own address, as it is. Default: the endpoint with `/v1/traces`, `/v1/metrics` or `/v1/logs` behind it. */
  readonly url?: string
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>
  readonly protocol?: OtlpProtocol
}

/** How metrics are sent. */
export interface OtlpMetricsOptions extends OtlpSignalOptions {
  /** How often, in milliseconds. Default: `OTEL_METRIC_EXPORT_INTERVAL`, else 60,000. */
  readonly intervalMs?: number
  /**
   * Whether each sending tells everything so far (`cumulative`) or what came since the last (`delta`). Default:
   * `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`, else `cumulative`.
   */
  readonly temporality?: Temporality
}

/** What {@link otlpExporter} takes. What is left out the environment says, else the default stands. */
export interface OtlpExporterOptions {
  /** Where the collector is; each signal's path is put behind it. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318`. */
  readonly endpoint?: string
  /** Default: `OTEL_EXPORTER_OTLP_PROTOCOL`, else `http/protobuf`. */
  readonly protocol?: OtlpProtocol
  /** Sent with every request, over those of `OTEL_EXPORTER_OTLP_HEADERS`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** How long one request may take, in milliseconds. Default: `OTEL_EXPORTER_OTLP_TIMEOUT`, else 10,000. */
  readonly timeoutMs?: number
  /** Default: `OTEL_EXPORTER_OTLP_COMPRESSION`, else `none`. */
  readonly compression?: 'gzip' | 'none'
  /** `false` sends none. Default: `true`, unless `OTEL_TRACES_EXPORTER` is `none`. */
  readonly traces?: boolean | OtlpSignalOptions
  /** The same of metrics. Default: `true`, unless `OTEL_METRICS_EXPORTER` is `none`. */
  readonly metrics?: boolean | OtlpMetricsOptions
  /** The same of log records. Default: `true`, unless `OTEL_LOGS_EXPORTER` is `none`. */
  readonly logs?: boolean | OtlpSignalOptions
  /** Also a log record with the details of each call. Default: `false`, but for content that goes to events. */
  readonly details?: boolean
  /**
   * Where content goes that telemetry captured: `none`, `span`, `event` or `both`. Default:
   * `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, else `span`.
   */
  readonly content?: ContentPlace
  /** Which version of the conventions names follow. Default: `latest` where `OTEL_SEMCONV_STABILITY_OPT_IN` asks for it, else `released`. */
  readonly semconv?: Semconv
  /** Also report tokens that no provider told but `tokenCount()` estimated. Default: `false`. */
  readonly estimates?: boolean
  /** Default: `OTEL_SERVICE_NAME`, else what `OTEL_RESOURCE_ATTRIBUTES` says, else `unknown_service:node`. */
  readonly serviceName?: string
  /** Further attributes of the resource, over those of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource?: Attributes
  /** For errors and drop counters. Default: `otlp`. */
  readonly name?: string
  /** Told when metrics cannot be sent, and when a destination refuses or dislikes a part. Default: a warning of the process. */
  readonly report?: (error: Error) => void
  /** For tests. Default: the machine's. */
  readonly clock?: Clock
}

const PROTOCOL = oneOf<OtlpProtocol>(['http/protobuf', 'http/json'])

const URL_OF_HTTP: Rule<string> = {
  ...text({ expects: 'a URL that begins with http:// or https://' }),
  // user and password may stand in it
  secret: true,
  accepts: (value): value is string => typeof value === 'string' && isHttpUrl(value),
}

function isHeader(name: string, value: unknown): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
    return typeof value === 'string'
  } catch {
    return false
  }
}

const HEADERS: Rule<Readonly<Record<string, string>>> = {
  ...record(text({ secret: true })),
  expects: 'an object of headers, each a text that may stand in one',
  accepts: (value): value is Readonly<Record<string, string>> =>
    typeof value === 'object' && value !== null && Object.entries(value).every(([name, each]) => isHeader(name, each)),
}

const isAttribute = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((each) => typeof each === 'string'))

const RESOURCE: Rule<Attributes> = {
  expects: 'an object of texts, numbers, flags and lists of texts',
  kind: 'data',
  accepts: (value): value is Attributes =>
    typeof value === 'object' && value !== null && Object.values(value).every(isAttribute),
}

const SIGNAL: OptionRules<OtlpSignalOptions> = { url: URL_OF_HTTP, headers: HEADERS, protocol: PROTOCOL }

const METRICS: OptionRules<OtlpMetricsOptions> = {
  ...SIGNAL,
  intervalMs: number({ min: 1 }),
  temporality: oneOf<Temporality>(['cumulative', 'delta']),
}

/** A switch, or options of its own. */
function switchOr<T extends object>(rules: OptionRules<T>): Rule<boolean | T> {
  const own = group<T>(rules)
  return { ...anyOf(flag(), own), locate: (value) => own.locate?.(value) }
}

const RULES = {
  endpoint: URL_OF_HTTP,
  protocol: PROTOCOL,
  headers: HEADERS,
  timeoutMs: integer({ min: 1 }),
  compression: oneOf<'gzip' | 'none'>(['gzip', 'none']),
  traces: switchOr(SIGNAL),
  metrics: switchOr(METRICS),
  logs: switchOr(SIGNAL),
  details: flag(),
  content: oneOf(CONTENT_PLACES),
  semconv: oneOf(SEMCONV_VERSIONS),
  estimates: flag({ default: false }),
  serviceName: text(),
  resource: RESOURCE,
  name: text({ default: 'otlp' }),
  report: func<(error: Error) => void>(),
  clock: { ...having<Clock>('now', 'epochMs', 'setTimer'), default: systemClock },
} satisfies OptionRules<OtlpExporterOptions>

/** The options after the check: those that have a default are there. */
export type CheckedOtlpOptions = OtlpExporterOptions &
  Required<Pick<OtlpExporterOptions, 'estimates' | 'name' | 'clock'>>

/** Checks the options alone, without the environment. @throws {OptionError} */
export function checkOtlpOptions(given: OtlpExporterOptions | undefined): CheckedOtlpOptions {
  const checked = checkOptions<OtlpExporterOptions, typeof RULES>('otlpExporter', RULES, given)
  if (checked.traces === false && checked.metrics === false && checked.logs === false) {
    const remedy = 'with traces and metrics switched off too nothing would be sent: leave one of them on'
    throw new OptionError({ owner: 'otlpExporter', field: 'logs', value: 'false', remedy })
  }
  return checked
}
