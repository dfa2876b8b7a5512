import { type Call, type RecordedAttempt, type RecordedError, textScrubber } from '@cepa/core'
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
import { detailsEvent, exceptionEvent, type LogValue, type Moment, safeMessage } from './log-events.ts'
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
  readonly #settings: TracingSettings
  readonly #tracer: () => Tracer
  readonly #scrub: (text: string) => string = textScrubber()

  constructor(settings: TracingSettings, tracer: () => Tracer) {
    this.#settings = settings
    this.#tracer = tracer
    this.wording = wordingOf(settings.semconv, settings.estimates)
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
    const described = describeCall(finished)
    const attributes = endAttributes(described, this.wording)
    const content = this.#contentOf(ending)
    const all = content && contentAttributes(content, this.wording.names)
    if (span.isRecording()) {
      span.setAttributes(attributes)
      if (all && ending.place !== 'event') span.setAttributes(asSpanAttributes(all))
      if (requestModelOf(described) !== described.model)
        span.updateName(spanNameOf({ ...described, model: requestModelOf(described) }, this.wording))
      this.#status(span, described.error)
      this.#attempts(ending, described)
    }
    this.#events(ending, { described, attributes, all })
    return content?.problem
  }

  #contentOf({ finished, place }: EndingSpan): Content | undefined {
    const { redact, maxContentBytes: maxBytes } = this.#settings
    const { call, ending } = finished
    if (place === 'none' || !isChat(call)) return undefined
    return contentOf(call, ending.completion, { redact, maxBytes, scrub: this.#scrub })
  }

  /** Nobody but the application says that all is well: without an error the status stays unset. */
  #status(span: Span, error: RecordedError | undefined): void {
    if (error === undefined) return
    span.setStatus({ code: SpanStatusCode.ERROR, message: safeMessage(error.message, this.#scrub) })
  }

  /** Where there was more than one attempt, each has a span within the call's, made now from its times. */
  #attempts({ context, times, finished }: EndingSpan, { attempts, durations }: DescribedCall): void {
    if (attempts.length < 2) return
    const startedAt = finished.ending.at - durations.totalMs
    for (const attempt of attempts) {
      const from = startedAt + attempt.startMs
      const to = attempt.durationMs === undefined ? finished.ending.at : from + attempt.durationMs
      this.#attempt(attempt, attempts, { context, startTime: times.at(from), endTime: times.at(to) })
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
    if ('error' in ending)
      logger.emit(exceptionEvent(ending.error, moment, { wording: this.wording, scrub: this.#scrub, about }))
  }
}

const isChat = (call: Call): call is Call & { operation: 'chat' } => call.operation === 'chat'
