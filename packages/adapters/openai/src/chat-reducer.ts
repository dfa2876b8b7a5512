import { ProviderError, type StreamEvent, type Usage } from '@cepa/core'
import { jsonOf, type Progress, type Redact, type Reducer, type WireMessage } from '@cepa/transport'
import { Candidate, type Delta, says } from './candidate.ts'
import { usageOf } from './usage.ts'

/** What the reading of an answer needs to know. */
export interface ReducerOptions {
  readonly provider: string
  readonly redact: Redact
  /** Makes the error of a body that is one. */
  failure(body: unknown): ProviderError
  /** Told what the provider calls the set-up that answers. */
  fingerprint?(systemFingerprint: string): void
  /** How many candidates were asked for. */
  readonly candidates: number
}

/** Fields of a chunk that are read, or that say nothing about the answer. */
const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'service_tier',
  'system_fingerprint',
  'provider',
  'obfuscation',
  'prompt_filter_results',
])

const KNOWN_IN_CHOICE: ReadonlySet<string> = new Set([
  'index',
  'delta',
  'message',
  'finish_reason',
  'native_finish_reason',
  'stop_reason',
])

type Chunk = Readonly<Record<string, unknown>>

/**
 * Reads Chat Completions: the chunks of a stream, or a whole answer, which is one chunk whose `message` is all there is.
 *
 * The finish is the `finish_reason` of every candidate. Usage and `[DONE]` may follow; without usage it is unknown.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class ChatReducer implements Reducer {
  progress: Progress = 'open'
  #options: ReducerOptions
  #candidates = new Map<number, Candidate>()
  #started = false
  #usage: Usage | undefined
  #serviceTier: string | undefined
  #fingerprint: string | undefined
  #told = new Map<string, string>()

  constructor(options: ReducerOptions) {
    this.#options = options
  }

  take(message: WireMessage, at: number, out: StreamEvent[]): void {
    if (message.text === '[DONE]') {
      // a server may give fewer candidates than were asked for
      if (this.#allFinished()) this.progress = 'closed'
      return
    }
    const chunk = this.#chunkOf(message, at, out)
    if (chunk === undefined) return
    this.#start(chunk, at, out)
    this.#takeFingerprint(chunk)
    for (const choice of chunk.choices as readonly Chunk[]) this.#takeChoice(choice, at, out)
    this.#tellUnknown(chunk, at, out)
    this.#takeUsage(chunk, at, out)
    const whole = (chunk.choices as readonly Chunk[]).some((choice) => choice.message !== undefined)
    const enough = whole || this.#candidates.size >= this.#options.candidates
    if (this.progress === 'open' && enough && this.#allFinished()) this.progress = 'finished'
  }

  finish(at: number, out: StreamEvent[]): void {
    const several = this.#options.candidates > 1 || this.#candidates.size > 1
    const finishes = [...this.#candidates.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, candidate]) => candidate.outcome())
    out.push({
      type: 'end',
      at,
      ...(finishes[0] ?? { finish: 'other' }),
      ...(several && { finishes }),
      ...(this.#usage && { usage: this.#usage }),
    })
  }

  /** The chunk of a message; what is none is raw, unless it is all there is. */
  #chunkOf(message: WireMessage, at: number, out: StreamEvent[]): Chunk | undefined {
    const named = message.event !== undefined && message.event !== 'message' && message.event !== 'error'
    const value = named ? looseJson(message.text) : jsonOf(message, this.#options)
    const chunk = (typeof value === 'object' && value !== null ? value : {}) as Chunk
    if (says(chunk.error) || message.event === 'error') throw this.#options.failure(chunk)
    if (Array.isArray(chunk.choices)) return chunk
    if (says(chunk.usage)) return { ...chunk, choices: [] }
    if (message.whole) throw this.#noCompletion(message)
    out.push({ type: 'raw', value: named ? { event: message.event, data: value } : value, at })
    return undefined
  }

  #noCompletion({ text }: WireMessage): ProviderError {
    const { provider, redact } = this.#options
    const message = `${provider} sent JSON that is no chat completion: ${redact(text).slice(0, 200)}`
    return new ProviderError({ provider, kind: 'malformed', message })
  }

  #start(chunk: Chunk, at: number, out: StreamEvent[]): void {
    if (this.#started) return
    const id = nonEmpty(chunk.id)
    const model = nonEmpty(chunk.model)
    if (id === undefined && model === undefined && (chunk.choices as readonly unknown[]).length === 0) return
    this.#started = true
    out.push({ type: 'start', at, ...(id !== undefined && { id }), ...(model !== undefined && { model }) })
  }

  /** It stands in every chunk; told once. */
  #takeFingerprint(chunk: Chunk): void {
    const fingerprint = nonEmpty(chunk.system_fingerprint)
    if (fingerprint === undefined || fingerprint === this.#fingerprint) return
    this.#fingerprint = fingerprint
    this.#options.fingerprint?.(fingerprint)
  }

  #takeChoice(choice: Chunk, at: number, out: StreamEvent[]): void {
    const candidate = this.#candidateOf(typeof choice.index === 'number' ? choice.index : 0)
    const delta = choice.delta ?? choice.message
    if (says(delta)) candidate.take(delta as Delta, at, out)
    for (const field in choice) {
      if (!KNOWN_IN_CHOICE.has(field) && says(choice[field])) candidate.raw({ [field]: choice[field] }, at, out)
    }
    const finishReason = nonEmpty(choice.finish_reason)
    if (finishReason !== undefined && !candidate.finished) candidate.finish(finishReason, at, out)
  }

  #candidateOf(index: number): Candidate {
    let candidate = this.#candidates.get(index)
    if (candidate === undefined) {
      candidate = new Candidate(this.#options.candidates > 1 || index > 0 ? index : undefined)
      this.#candidates.set(index, candidate)
    }
    return candidate
  }

  #allFinished(): boolean {
    for (const candidate of this.#candidates.values()) if (!candidate.finished) return false
    return this.#candidates.size > 0
  }

  #takeUsage(chunk: Chunk, at: number, out: StreamEvent[]): void {
    this.#serviceTier = nonEmpty(chunk.service_tier) ?? this.#serviceTier
    const usage = usageOf(chunk.usage, this.#serviceTier)
    if (usage === undefined) return
    this.#usage = usage
    out.push({ type: 'usage', usage, at })
  }

  /** Fields that are not known, when they are new or have changed: many servers repeat theirs in every chunk. */
  #tellUnknown(chunk: Chunk, at: number, out: StreamEvent[]): void {
    for (const field in chunk) {
      if (KNOWN.has(field) || !says(chunk[field])) continue
      const shown = JSON.stringify(chunk[field])
      if (this.#told.get(field) === shown) continue
      this.#told.set(field, shown)
      out.push({ type: 'raw', value: { [field]: chunk[field] }, at })
    }
  }
}

const nonEmpty = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The data of an event that is not known: JSON, or whatever it is. */
const looseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
