import {
  anyOf,
  type Call,
  checkOptions,
  dataOf,
  flag,
  func,
  having,
  integer,
  OptionError,
  type OptionRules,
  oneOf,
  type Redactor,
} from '@cepa/core'
import {
  CONTENT_PLACES,
  type ContentPlace,
  contentFromEnvironment,
  SEMCONV_VERSIONS,
  type Semconv,
  semconvFromEnvironment,
} from '@cepa/core/semantic-conventions'
import type { Attributes, Tracer } from '@opentelemetry/api'
import type { EventLogger } from './log-events.ts'
import { REDACTION, type TracingRedaction } from './redaction.ts'

/** What a call may have otherwise: `layers: { tracing: { content: 'span' } }`. */
export interface TracingCallOptions {
  /** Where messages and answer are written. Default: as the layer has it. */
  readonly content?: ContentPlace
  /** Attributes of the span, such as `gen_ai.conversation.id`; over those that the layer's function gives. */
  readonly attributes?: Attributes
}

/** What {@link tracing} takes. */
export interface TracingOptions {
  /**
   * Which version of the conventions names follow: `released` is what backends read, `latest` the newest. Default: `latest` where the
   * variable `OTEL_SEMCONV_STABILITY_OPT_IN` has `gen_ai_latest_experimental`, else `released`.
   */
  readonly semconv?: Semconv
  /**
   * Where messages and answer are written: `none`, `span`, `event`, `both`; events need a `logger`. Default: what
   * `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says, else `none`.
   */
  readonly content?: ContentPlace
  /**
   * What is taken out of everything that is written, content and labels and errors: `patterns`, `emails`, `cards`, `paths`, `content`, as
   * `telemetry()` takes them. A function is short for `content`. What has the form of a secret is taken out in any case. Default: none.
   */
  readonly redact?: Redactor | TracingRedaction
  /** Most bytes of each attribute of content, as JSON. Default: 16,384. */
  readonly maxContentBytes?: number
  /** Where events go: errors, and content where it is asked for there. Default: no events. */
  readonly logger?: EventLogger
  /** Attributes of one's own, known when the span starts. Called synchronously; what it throws is a fault. Default: none. */
  readonly attributes?: (call: Call) => Attributes
  /** Also report tokens that no provider told but `tokenCount()` estimated. Default: `false`. */
  readonly estimates?: boolean
  /**
   * Sends the trace to the provider, by the propagator that is registered: `traceparent`, and whatever baggage there is. Not needed where
   * the HTTP client is instrumented. Default: `false`.
   */
  readonly propagate?: boolean
  /** Makes the spans. Default: the global provider's. */
  readonly tracer?: Tracer
}

const CALL_RULES = {
  content: oneOf(CONTENT_PLACES),
  attributes: {
    expects: 'an object of attributes',
    kind: 'data',
    accepts: (value): value is Attributes => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
} satisfies OptionRules<TracingCallOptions>

/** The rules of the options that a call may have otherwise. */
export const PER_CALL: OptionRules<TracingCallOptions> = CALL_RULES

const RULES = {
  semconv: oneOf(SEMCONV_VERSIONS),
  content: oneOf(CONTENT_PLACES),
  redact: anyOf(func<Redactor>(), REDACTION),
  maxContentBytes: integer({ min: 256, max: 1_048_576, default: 16_384 }),
  logger: { ...having<EventLogger>('emit'), expects: "a logger of OpenTelemetry's logs: logs.getLogger('app')" },
  attributes: func<(call: Call) => Attributes>(),
  estimates: flag({ default: false }),
  propagate: flag({ default: false }),
  tracer: { ...having<Tracer>('startSpan'), expects: "a tracer: trace.getTracer('app')" },
} satisfies OptionRules<TracingOptions>

type Defaulted = 'semconv' | 'content' | 'maxContentBytes' | 'estimates' | 'propagate'

/** Options as they hold, with every default. */
export type TracingSettings = TracingOptions & Required<Pick<TracingOptions, Defaulted>>

/** Checks options and fills in the defaults. @throws {OptionError} */
export function settingsOf(given: TracingOptions | undefined): TracingSettings {
  const checked = checkOptions<TracingOptions, typeof RULES>('tracing', RULES, given)
  const { semconv = semconvFromEnvironment(), content = contentFromEnvironment() } = checked
  if ((checked.content === 'event' || checked.content === 'both') && checked.logger === undefined) {
    const remedy = 'it needs a logger to write events to: logs.getLogger(…)'
    throw new OptionError({ owner: 'tracing', field: 'content', value: JSON.stringify(checked.content), remedy })
  }
  return { ...checked, semconv, content }
}

/** What `explain()` shows of them. */
export const dataOfSettings = (settings: TracingSettings): Readonly<Record<string, unknown>> =>
  dataOf<TracingOptions>(RULES, settings)
