import {
  type Call,
  type CallTrace,
  cacheFact,
  costFact,
  type DetachedEnd,
  detachedEndNote,
  type Ending,
  type FactsOf,
  type Middleware,
  middleware,
  type Note,
  requestIdFact,
  timingFact,
  traceFact,
  usageFact,
} from '@cepa/core'
import { type CallFields, callFields, type LineIds } from './call-fields.ts'
import { callLine } from './call-line.ts'
import { type Clean, cleanBy } from './clean.ts'
import { answerContent, type ContentRules, requestContent } from './content.ts'
import { admits, levelOf } from './level.ts'
import { noteLine } from './note-line.ts'
import {
  dataOfSettings,
  type LoggingCallOptions,
  type LoggingOptions,
  PER_CALL,
  type Settings,
  settingsOf,
} from './options.ts'
import { Outlet, type Trouble } from './outlet.ts'
import { requestLine } from './request-line.ts'

type Reads = readonly [
  typeof requestIdFact.optional,
  typeof traceFact.optional,
  typeof timingFact,
  typeof usageFact,
  typeof costFact,
  typeof cacheFact,
]
const READS: Reads = [requestIdFact.optional, traceFact.optional, timingFact, usageFact, costFact, cacheFact]

type LoggedCall = Call<FactsOf<Reads>, LoggingCallOptions>
type Effective = Required<Pick<LoggingCallOptions, 'level' | 'slowMs' | 'content'>>

/** What a pass keeps. */
interface Pass extends Trouble {
  readonly ids: LineIds
  readonly options: Effective
  readonly attemptsBefore: number
  firstContentAt: number | undefined
}

/** An id that the caller made may be anything that is safe in a header, also a key by mistake; one that was made here is none. */
function idOf(call: LoggedCall, clean: Clean): string {
  const id = call.facts.requestId ?? call.id
  return id === call.caller.requestId ? clean.scrub(id) : id
}

const idsOf = (requestId: string, trace: Partial<Pick<CallTrace, 'traceId' | 'spanId'>> | undefined): LineIds => ({
  requestId,
  ...(trace?.traceId !== undefined && { traceId: trace.traceId }),
  ...(trace?.spanId !== undefined && { spanId: trace.spanId }),
})

class LoggingLayer {
  readonly #settings: Settings
  readonly #clean: Clean
  readonly #outlet: Outlet

  constructor(settings: Settings) {
    this.#settings = settings
    this.#clean = cleanBy(settings)
    this.#outlet = new Outlet(settings.logger, settings.name, this.#clean)
  }

  start(call: LoggedCall): Pass {
    const { level, slowMs, content, onRequest } = this.#settings
    const requestId = idOf(call, this.#clean)
    const ids = idsOf(requestId, call.facts.trace)
    const options = { level, slowMs, content, ...call.options }
    const pass: Pass = { ids, options, attemptsBefore: call.attempts.length, firstContentAt: undefined }
    if (admits(options.level, 'debug')) {
      const line = requestLine(call, this.#clean)
      this.#outlet.write(call, { ...line, fields: { ...ids, ...line.fields } }, pass)
    }
    if (onRequest) this.#outlet.tell(call, { door: 'onRequest', run: () => onRequest({ requestId, call }) }, pass)
    return pass
  }

  note(call: LoggedCall, note: Note, pass: Pass | undefined): void {
    const trouble: Trouble = pass ?? {}
    if (detachedEndNote.is(note)) {
      this.#detached(call, note.value, trouble)
      if (!pass && trouble.error) throw trouble.error
      return
    }
    if (pass === undefined) return
    const line = noteLine(note, pass.options.level, this.#clean)
    if (line) this.#outlet.write(call, { ...line, fields: { ...pass.ids, ...line.fields } }, trouble)
  }

  end(call: LoggedCall, ending: Ending, pass: Pass): void {
    const { ids, options, firstContentAt } = pass
    const attempts = call.attempts.slice(pass.attemptsBefore)
    const finished = { call, ids, ending, facts: call.facts, attempts, firstContentAt }
    const fields = callFields(finished, this.#clean)
    this.#line(call, { ending, fields, options }, pass)
    this.#callback(call, { requestId: ids.requestId, call, ending, fields }, pass)
    if (pass.error) throw pass.error
  }

  /** A call that outlived the one that made it has a line of its own, under the same id. */
  #detached(call: LoggedCall, end: DetachedEnd, trouble: Trouble): void {
    const { call: inner, ending } = end
    const { level, slowMs, content } = this.#settings
    const options = { level, slowMs, content, ...call.options }
    const facts = inner.facts as LoggedCall['facts']
    const { trace } = call.facts
    // whoever gives no place of its own to a detached call still says which trace it came from
    const place = trace && (trace.ofDetached?.(end) ?? { traceId: trace.traceId })
    const ids = idsOf(idOf(call, this.#clean), place)
    const fields = callFields({ call: inner, ids, ending, facts, attempts: inner.attempts }, this.#clean)
    this.#line(inner, { ending, fields, options }, trouble)
  }

  #line(
    call: Call,
    { ending, fields, options }: { ending: Ending; fields: CallFields; options: Effective },
    trouble: Trouble,
  ): void {
    const { level: threshold, slowMs, content } = options
    const slow = slowMs !== false && ending.providerMs > slowMs
    const level = levelOf(ending, slow)
    if (!admits(threshold, level)) return
    const message = callLine(fields, slow ? slowMs : undefined)
    const all = content ? { ...fields, ...this.#content(call, ending, trouble) } : fields
    this.#outlet.write(call, { level, message, fields: all }, trouble)
  }

  #content(call: Call, ending: Ending, trouble: Trouble): { readonly request?: string; readonly answer?: string } {
    const { redact, maxContentBytes: maxBytes } = this.#settings
    const failed = (thrown: unknown) => {
      trouble.error ??= thrown instanceof Error ? thrown : new Error(String(thrown))
    }
    const rules: ContentRules = { redact, maxBytes, failed, scrub: this.#clean.scrub }
    const request = requestContent(call, rules)
    const answer = answerContent(ending.completion, rules)
    return { ...(request !== undefined && { request }), ...(answer !== undefined && { answer }) }
  }

  #callback(
    call: Call,
    told: { requestId: string; call: Call; ending: Ending; fields: CallFields },
    trouble: Trouble,
  ): void {
    const { onResponse, onError } = this.#settings
    const { ending } = told
    if ('error' in ending) {
      if (onError) this.#outlet.tell(call, { door: 'onError', run: () => onError({ ...told, ending }) }, trouble)
    } else if (onResponse) {
      this.#outlet.tell(call, { door: 'onResponse', run: () => onResponse({ ...told, ending }) }, trouble)
    }
  }
}

/**
 * Writes one readable line for every call when it has ended, lines for what went wrong on its way, and tells callbacks of requests,
 * responses and errors. Only watches. Stands outside of what it tells about: timing, cache, token count, retry.
 *
 * @throws {OptionError} for options that cannot be right.
 *
 * @example
 * const chat = pipeline(openai(), requestId(), logging({ slowMs: 10_000 }), timing(), retry())
 * // 03:12:45.017 INFO  V1StGXR8_Z5jdHi6B-myT openai/gpt-4o done in 1.84 s (first token 412 ms) · 1,024 → 256 tokens
 */
export function logging<const TName extends string = 'logging'>(
  given?: LoggingOptions<TName>,
): Middleware<TName, Reads, readonly [], LoggingCallOptions> {
  const settings = settingsOf(given)
  const layer = new LoggingLayer(settings)
  return middleware<TName, Pass, Reads, readonly [], LoggingCallOptions>({
    name: settings.name as TName,
    reads: READS,
    traits: { records: true },
    perCall: PER_CALL,
    data: dataOfSettings(settings),
    start: (call) => layer.start(call),
    firstToken(call, event, pass) {
      if (call.mode === 'stream') pass.firstContentAt = event.at
    },
    note: (call, note, pass) => layer.note(call, note, pass),
    end: (call, ending, pass) => layer.end(call, ending, pass),
  })
}
