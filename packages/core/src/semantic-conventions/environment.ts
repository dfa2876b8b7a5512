import type { Semconv } from './names-table.ts'

/** Where content is written: nowhere, to spans, to events, to both. */
export type ContentPlace = 'none' | 'span' | 'event' | 'both'

/** All places. */
export const CONTENT_PLACES: readonly ContentPlace[] = ['none', 'span', 'event', 'both']

type Environment = Readonly<Record<string, string | undefined>>

const environment = (): Environment => (globalThis as { process?: { env?: Environment } }).process?.env ?? {}

/** What OpenTelemetry's own instrumentations know, in lower case; the older ones know `true` and `false` alone. */
const PLACES: Readonly<Record<string, ContentPlace>> = {
  no_content: 'none',
  span_only: 'span',
  event_only: 'event',
  span_and_event: 'both',
  true: 'span',
  '1': 'span',
}

/**
 * What `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says of content; what it does not know is off.
 *
 * @example
 * contentFromEnvironment({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY' }) // → 'span'
 */
export function contentFromEnvironment(variables: Environment = environment()): ContentPlace {
  const text = variables.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.trim().toLowerCase() ?? ''
  return Object.hasOwn(PLACES, text) ? (PLACES[text] as ContentPlace) : 'none'
}

/**
 * Which version of the conventions `OTEL_SEMCONV_STABILITY_OPT_IN` asks for.
 *
 * @example
 * semconvFromEnvironment({ OTEL_SEMCONV_STABILITY_OPT_IN: 'http,gen_ai_latest_experimental' }) // → 'latest'
 */
export function semconvFromEnvironment(variables: Environment = environment()): Semconv {
  const words = (variables.OTEL_SEMCONV_STABILITY_OPT_IN ?? '').split(',').map((each) => each.trim())
  return words.includes('gen_ai_latest_experimental') ? 'latest' : 'released'
}
