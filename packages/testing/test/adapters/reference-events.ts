import type { EventBody, Finish, ToolCall, Usage } from '@cepa/core'
import type { Fault } from './faults.ts'

interface Delta {
  readonly content?: string | null
  readonly reasoning_content?: string
  readonly tool_calls?: readonly {
    readonly index?: number
    readonly id?: string
    readonly function: { readonly name?: string; readonly arguments?: string }
  }[]
}

interface WireUsage {
  readonly prompt_tokens: number
  readonly completion_tokens?: number
  readonly prompt_tokens_details?: { readonly cached_tokens: number }
}

/** A chunk of a stream, or a whole answer. */
export interface Chunk {
  readonly id?: string
  readonly model?: string
  readonly error?: { readonly message: string }
  readonly choices?: readonly {
    readonly delta?: Delta
    readonly message?: Delta
    readonly finish_reason?: string | null
  }[]
  readonly usage?: WireUsage | null
  readonly data?: readonly { readonly index: number; readonly embedding: readonly number[] }[]
}

interface OpenTool {
  readonly id: string
  readonly name: string
  text: string
}

const FINISH: Readonly<Record<string, Finish>> = { tool_calls: 'tool-calls', content_filter: 'content-filter' }

/** Makes events of chunks. */
export class ChatEvents {
  readonly #faults: ReadonlySet<Fault>
  #started = false
  #late: EventBody | undefined
  #tools: OpenTool[] = []
  #usage: Usage | undefined
  #finish: string | undefined

  constructor(faults: ReadonlySet<Fault>) {
    this.#faults = faults
  }

  /** Whether the finish has come, so that the answer may end. */
  get finished(): boolean {
    return this.#finish !== undefined
  }

  of(chunk: Chunk): EventBody[] {
    const events = this.#start(chunk)
    if (chunk.usage) this.#usage = this.#usageOf(chunk.usage)
    for (const { index, embedding } of chunk.data ?? [])
      events.push({ type: 'embedding', index: this.#embeddingIndex(index), value: embedding })
    if (chunk.data) this.#finish = 'stop'
    if (chunk.choices === undefined && chunk.data === undefined) {
      if (this.#faults.has('fails on what it does not know')) throw new Error('what is this?')
      return [...events, { type: 'raw', value: chunk }]
    }
    for (const { delta, message, finish_reason: finish } of chunk.choices ?? []) {
      events.push(...this.#content(message ?? delta ?? {}))
      if (finish) this.#finish = finish
    }
    return events
  }

  /** What follows the last chunk. */
  end(): EventBody[] {
    if (this.#faults.has('no end event')) return []
    const raw = this.#finish ?? 'stop'
    const finish = this.#faults.has('finish as the provider says it')
      ? (raw as Finish)
      : (FINISH[raw] ?? (raw as Finish))
    const told = this.#faults.has('no finishRaw') ? {} : { finishRaw: raw }
    const usage =
      this.#usage ??
      (this.#faults.has('unknown usage as 0')
        ? { inputTokens: 0, outputTokens: 0, source: 'provider' as const }
        : undefined)
    return [...this.#wholeTools(), { type: 'end', finish, ...told, ...(usage && { usage }) }]
  }

  #start({ id, model }: Chunk): EventBody[] {
    if (this.#started || id === undefined) return []
    this.#started = true
    const start: EventBody = { type: 'start', id, ...(model !== undefined && { model }) }
    if (!this.#faults.has('start after the first text')) return [start]
    this.#late = start
    return []
  }

  #embeddingIndex(index: number): number {
    return this.#faults.has('embeddings in reverse') ? 1 - index : index
  }

  #usageOf({ prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details }: WireUsage): Usage {
    const cached = details?.cached_tokens
    const beside = this.#faults.has('cached tokens beside the input') ? (cached ?? 0) : 0
    return {
      inputTokens: input - beside,
      ...(output !== undefined && { outputTokens: output }),
      ...(cached !== undefined && { cacheReadTokens: cached }),
      source: 'provider',
    }
  }

  #content(delta: Delta): EventBody[] {
    const events: EventBody[] = []
    if (delta.reasoning_content && !this.#faults.has('drops reasoning'))
      events.push({ type: 'reasoning', text: delta.reasoning_content })
    if (delta.content || (delta.content === '' && this.#faults.has('empty text events'))) {
      events.push({ type: 'text', text: delta.content })
      if (this.#late) events.push(this.#late)
      this.#late = undefined
    }
    for (const [at, { index = at, id, function: call }] of (delta.tool_calls ?? []).entries()) {
      if (id !== undefined) {
        this.#tools[index] = { id, name: call.name ?? '', text: '' }
        events.push({ type: 'tool-call-start', id, name: call.name ?? '' })
      }
      const tool = this.#tools[index]
      if (!tool || !call.arguments) continue
      tool.text += call.arguments
      events.push({ type: 'tool-call-delta', id: tool.id, argumentsText: call.arguments })
    }
    return events
  }

  #wholeTools(): EventBody[] {
    if (this.#faults.has('tool calls that never become whole')) return []
    return this.#tools.map(({ id, name, text }) => ({ type: 'tool-call', id, name, ...this.#parsed(text) }))
  }

  #parsed(text: string): Pick<ToolCall, 'arguments' | 'malformed'> {
    try {
      return { arguments: JSON.parse(text || '{}') }
    } catch {
      return this.#faults.has('throws malformed arguments away')
        ? { arguments: {} }
        : { arguments: undefined, malformed: text }
    }
  }
}
