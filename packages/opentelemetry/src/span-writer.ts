import type { Call, RecordedAttempt, RecordedError } from '@cepa/core'
import type { Attributes, ContentPlace } from '@cepa/core/semantic-conventions'
import {
  attemptAttributes,
  attemptNameOf,
  type DescribedCall,
  endAttributes,
  type Names,
  OWN_NAMES,
  requestModelOf,
  spanNameOf,
  startAttributes,
  type Wording,
  wordingOf,
} from '@cepa/core/semantic-conventions'
import {
  type Attributes as AnyAttributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api'
import type { CallTimes } from './call-times.ts'
import { type Content, contentOf } from './content.ts'
import { describeCall, type Finished } from './describe-call.ts'
import { detailsEvent, exceptionEvent, type LogValue, type Moment } from './log-events.ts'
import { Redaction } from './redaction.ts'
import type { TracingSettings } from './tracing-options.ts'

/** A span that is about to end, with what it is told of. */
export interface EndingSpan {
  readonly span: Span
  readonly context: Context
  readonly times: CallTimes
  readonly finished: Finished
  /** Where this call's content is written. */
  readonly place: ContentPlace
}

const CUT = OWN_NAMES.contentCut
const WITHHELD = OWN_NAMES.contentWithheld

/** Content as attributes; on spans as JSON, because not every SDK takes more there. */
function contentAttributes(content: Content, names: Names): { [name: string]: LogValue } {
  const { instructions, input, output, tools, stopSequences, cut, withheld } = content
  const parts = {
    [names.systemInstructions]: instructions,
    [names.inputMessages]: input,
    [names.outputMessages]: output,
    [names.toolDefinitions]: tools,
    [names.stopSequences]: stopSequences,
    [CUT]: cut || undefined,
    [WITHHELD]: withheld.length > 0 ? withheld : undefined,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [name: string]: LogValue
  }
}

/** Lists of texts and plain values may be attributes of a span as they are. */
function asSpanAttributes(content: { [name: string]: LogValue }): AnyAttributes {
  const entries = Object.entries(content).map(([name, value]) => {
    const plain = typeof value !== 'object' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return [name, plain ? value : JSON.stringify(value)] as const
  })
  return Object.fromEntries(entries) as AnyAttributes
}

/** Writes what is known of calls onto their spans. */
export class SpanWriter {
  readonly wording: Wording
  readonly redaction: Redaction
  readonly #settings: TracingSettings
  readonly #tracer: () => Tracer

  constructor(settings: TracingSettings, tracer: () => Tracer) {
    this.#settings = settings
    this.#tracer = tracer
    this.redaction = new Redaction(settings.redact)
    this.wording = wordingOf(settings.semconv, settings.estimates, this.redaction.scrub)
  }

  /** Describes a call that has ended on its span, and ends that. @throws what the redactor or the SDK throws, after the end. */
  end(ending: EndingSpan): void {
    const { span, times, finished } = ending
    let problem: Error | undefined
    try {
      if (span.isRecording() || this.#settings.logger !== undefined) problem = this.#describe(ending)
    } finally {
      span.end(times.at(finished.ending.at))
    }
    if (problem) throw problem
  }

  #describe(ending: EndingSpan): Error | undefined {
    const { span, finished } = ending
    const whole = describeCall({ ...finished, scrub: this.redaction.scrub })
    const described = this.redaction.fields(whole)
    const attributes = endAttributes(described, this.wording)
    const content = this.#contentOf(ending)
    const all = content && contentAttributes(content, this.wording.names)
    if (span.isRecording()) {
      span.setAttributes(attributes)
      if (all && ending.place !== 'event') span.setAttributes(asSpanAttributes(all))
      if (requestModelOf(described) !== described.model)
        span.updateName(spanNameOf({ ...described, model: requestModelOf(described) }, this.wording))
      this.#status(span, described.error)
      this.#attempts(ending, whole.attempts, described.attempts)
    }
    this.#events(ending, { described, attributes, all })
    return content?.problem
  }

  #contentOf({ finished, place }: EndingSpan): Content | undefined {
    const { maxContentBytes: maxBytes } = this.#settings
    const { call, ending } = finished
    if (place === 'none' || !isChat(call)) return undefined
    return contentOf(call, ending.completion, { maxBytes, redaction: this.redaction })
  }

  /** Nobody but the application says that all is well: without an error the status stays unset. */
  #status(span: Span, error: RecordedError | undefined): void {
    if (error === undefined) return
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
  }

  /** Where there was more than one attempt, each has a span within the call's, made now from its times. */
  #attempts(
    { context, times, finished }: EndingSpan,
    whole: readonly RecordedAttempt[],
    told: readonly RecordedAttempt[],
  ): void {
    if (told.length < 2) return
    const { at, providerMs, consumerMs } = finished.ending
    const startedAt = at - providerMs - consumerMs
    for (const [index, { startMs, durationMs }] of whole.entries()) {
      const from = startedAt + startMs
      const to = durationMs === undefined ? at : from + durationMs
      const attempt = told[index] as RecordedAttempt
      this.#attempt(attempt, told, { context, startTime: times.at(from), endTime: times.at(to) })
    }
  }

  #attempt(
    attempt: RecordedAttempt,
    attempts: readonly RecordedAttempt[],
    { context, startTime, endTime }: { context: Context; startTime: [number, number]; endTime: [number, number] },
  ): void {
    const attributes = attemptAttributes(attempt, attempts, this.wording)
    const options = { kind: SpanKind.INTERNAL, startTime, attributes }
    const span = this.#tracer().startSpan(attemptNameOf(attempt, this.wording), options, context)
    this.#status(span, attempt.error)
    span.end(endTime)
  }

  #events(
    { context, times, finished, place }: EndingSpan,
    {
      described,
      attributes,
      all,
    }: { described: DescribedCall; attributes: Attributes; all: { [name: string]: LogValue } | undefined },
  ): void {
    const { logger } = this.#settings
    if (logger === undefined) return
    const { ending } = finished
    const moment: Moment = { timestamp: times.at(ending.at), context }
    const about = { ...startAttributes(described, this.wording), ...attributes }
    if (all && place !== 'span') logger.emit(detailsEvent({ ...about, ...all }, moment, this.wording))
    if ('error' in ending && described.error) {
      const error = { error: ending.error, told: described.error, scrub: this.redaction.scrub }
      logger.emit(exceptionEvent(error, moment, { wording: this.wording, about }))
    }
  }
}

const isChat = (call: Call): call is Call & { operation: 'chat' } => call.operation === 'chat'
