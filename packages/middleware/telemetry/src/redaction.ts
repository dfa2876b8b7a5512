import {
  type CallRecord,
  type GroupRecord,
  plainData,
  type RecordedContent,
  type RecordedNote,
  type RecordedTrace,
  textScrubber,
  toldText,
} from '@cepa/core'
import { fieldRedactor } from './field-redactor.ts'
import type { CallInFlight } from './listeners.ts'
import { Memo } from './memo.ts'
import type { RedactOptions } from './redact-options.ts'

/** Most bytes of a text in a record, content apart: the caller's labels, names of models and tools, why a call was left. */
const MAX_TEXT_BYTES = 1024

/** Longest text whose scrubbed form is remembered: names of providers, models, labels come again with every call. */
const REMEMBERED_LENGTH = 100
/** Ids have more of them than names and labels. */
const DIGITS = /(?:\d\D*){5}/
/** A text as short as this holds nothing. */
const SHORTEST = 6

/** Makes everything that leaves fit to leave: fields by path, texts by what they look like. Throws where it fails; then nothing leaves. */
export class Redaction {
  /** Scrubs one text. */
  readonly scrub: (text: string) => string
  /** Scrubs one text and cuts it to what a record may hold; of more than that nothing is looked at. */
  readonly short: (text: string) => string
  readonly #fields: <T extends object>(value: T) => T
  readonly #remembered: (text: string) => string

  /** @throws {OptionError} for a path that is none. */
  constructor({ paths, emails, cards, patterns }: RedactOptions = {}) {
    const scrub = textScrubber({
      ...(emails !== undefined && { emails }),
      ...(cards !== undefined && { cards }),
      ...(patterns && { patterns }),
    })
    this.scrub = scrub
    const memo = new Memo(scrub)
    this.#remembered = (text) => {
      if (text.length < SHORTEST) return text
      // an id comes once: it would only push out what comes again
      return text.length <= REMEMBERED_LENGTH && !DIGITS.test(text) ? memo.of(text) : scrub(text)
    }
    this.short = (text) => {
      if (text.length <= REMEMBERED_LENGTH) return this.#remembered(text)
      return toldText(text, MAX_TEXT_BYTES, scrub)
    }
    this.#fields = fieldRedactor(paths ?? [])
  }

  /**
   * A record as it may be told. Ids that were made here are no secrets, though digits may look like one; that of a caller was scrubbed when
   * the call came.
   */
  record(record: CallRecord): CallRecord {
    const { id, requestId, trace, groups, detached, attempts, ...rest } = record
    const { schema, ...clean } = this.#short(rest)
    const spans = attempts.map(({ spanId, ...attempt }) => ({ ...this.#short(attempt), ...(spanId && { spanId }) }))
    return this.#fields({
      schema,
      id,
      requestId,
      ...clean,
      ...(trace && { trace: this.#trace(trace) }),
      ...(groups && { groups: groups.map((group) => ({ id: group.id, name: this.short(group.name) })) }),
      ...(detached && { detached: { ...detached, reason: this.short(detached.reason) } }),
      attempts: spans,
    })
  }

  /** Content that has been captured and scrubbed, without the fields that are not to leave. */
  content(content: RecordedContent): RecordedContent {
    return this.#fields({ content }).content
  }

  group(group: GroupRecord): GroupRecord {
    const { id, parentId, trace, ...rest } = group
    const { schema, ...clean } = this.#short(rest)
    return this.#fields({
      schema,
      id,
      ...(parentId && { parentId }),
      ...clean,
      trace: this.#trace(trace),
    })
  }

  note(note: RecordedNote): RecordedNote {
    const { callId, requestId, traceId, spanId, parentSpanId, ...rest } = note
    const ids = {
      callId,
      requestId,
      ...(traceId && { traceId }),
      ...(spanId && { spanId }),
      ...(parentSpanId && { parentSpanId }),
    }
    const { schema, name, ...clean } = plainData(rest, this.#remembered) as typeof rest
    return this.#fields({ schema, name, ...ids, ...clean })
  }

  /** A call that has just come. */
  inFlight({ id, requestId, ...rest }: CallInFlight): CallInFlight {
    return this.#fields({ id, requestId, ...this.#short(rest) })
  }

  #short<T extends object>(value: T): T {
    return plainData(value, this.short) as T
  }

  #trace(trace: RecordedTrace): RecordedTrace {
    return trace.traceState === undefined ? trace : { ...trace, traceState: this.short(trace.traceState) }
  }
}
