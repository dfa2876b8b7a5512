import { type Finish, ProviderError, type StreamEvent, type Usage } from '@cepa/core'
import { jsonOf, type Progress, type Redact, type Reducer, type WireMessage } from '@cepa/transport'
import { type Fields, fieldsOf, textIn, unknownFields } from './fields.ts'
import { OpenBlocks } from './open-blocks.ts'
import { Outlet } from './outlet.ts'
import { UsageCount } from './usage.ts'

/** What the reading of an answer needs to know. */
export interface ReducerOptions {
  readonly provider: string
  readonly redact: Redact
  /** Makes the error of a body that is one. */
  failure(body: unknown): ProviderError
}

const FINISHES: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'refusal',
  pause_turn: 'pause',
}

/** Events whose data is JSON for certain. */
const EVENTS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'message',
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
])

/** Fields of a message that are read, or that say nothing about the answer. */
const IN_MESSAGE: ReadonlySet<string> = new Set(['type', 'id', 'role', 'model', 'content', 'stop_reason', 'usage'])
const IN_MESSAGE_DELTA: ReadonlySet<string> = new Set(['type', 'delta', 'usage'])
const IN_DELTA: ReadonlySet<string> = new Set(['stop_reason'])

/**
 * Reads the Messages API: the events of a stream, or a whole message.
 *
 * The finish is `message_stop` after a `stop_reason`; an answer that ends without both is not complete. Of a whole message it is
 * the `stop_reason`.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class MessagesReducer implements Reducer {
  progress: Progress = 'open'
  #options: ReducerOptions
  #blocks = new OpenBlocks()
  #usageCount = new UsageCount()
  #usage: Usage | undefined
  #stopReason: string | undefined

  constructor(options: ReducerOptions) {
    this.#options = options
  }

  take(message: WireMessage, at: number, out: StreamEvent[]): void {
    const value = EVENTS.has(message.event) ? jsonOf(message, this.#options) : looseJson(message.text)
    const told = fieldsOf(value)
    const type = textIn(told.type) ?? message.event
    if (type === 'error' || (told.error && told.type === undefined)) throw this.#options.failure(value)
    const outlet = new Outlet(at, out)
    if (message.whole) this.#takeWhole(message, told, outlet)
    else if (!this.#takeEvent(type, told, outlet)) {
      const known = textIn(told.type) !== undefined || message.event === undefined
      outlet.tell({ type: 'raw', value: known ? value : { event: message.event, data: value } })
    }
  }

  finish(at: number, out: StreamEvent[]): void {
    const finishRaw = this.#stopReason as string
    const finish = FINISHES[finishRaw] ?? 'other'
    out.push({ type: 'end', finish, finishRaw, at, ...(this.#usage && { usage: this.#usage }) })
  }

  /** Takes an event of a stream; `false` for one that is not known. */
  #takeEvent(type: string | undefined, told: Fields, outlet: Outlet): boolean {
    switch (type) {
      case 'message_start':
        this.#start(fieldsOf(told.message), outlet)
        return true
      case 'content_block_start':
        this.#blocks.start(told.index, told.content_block, outlet)
        return true
      case 'content_block_delta':
        this.#blocks.delta(told.index, told.delta, outlet)
        return true
      case 'content_block_stop':
        this.#blocks.stop(told.index, outlet)
        return true
      case 'message_delta':
        this.#takeDelta(told, outlet)
        return true
      case 'message_stop':
        if (this.#stopReason !== undefined) this.progress = 'closed'
        return true
      default:
        return type === 'ping'
    }
  }

  #start(message: Fields, outlet: Outlet): void {
    const id = textIn(message.id)
    const model = textIn(message.model)
    outlet.tell({ type: 'start', ...(id !== undefined && { id }), ...(model !== undefined && { model }) })
    tellRaw(unknownFields(message, IN_MESSAGE), outlet)
    this.#takeUsage(message.usage, outlet)
  }

  #takeDelta(told: Fields, outlet: Outlet): void {
    const delta = fieldsOf(told.delta)
    const stopReason = textIn(delta.stop_reason)
    if (stopReason !== undefined) {
      this.#stopReason = stopReason
      this.#blocks.stopAll(outlet)
    }
    tellRaw([...unknownFields(delta, IN_DELTA), ...unknownFields(told, IN_MESSAGE_DELTA)], outlet)
    this.#takeUsage(told.usage, outlet)
  }

  #takeUsage(value: unknown, outlet: Outlet): void {
    const usage = this.#usageCount.add(value)
    if (usage === undefined) return
    this.#usage = usage
    outlet.tell({ type: 'usage', usage })
  }

  #takeWhole({ text }: WireMessage, message: Fields, outlet: Outlet): void {
    if (!Array.isArray(message.content)) throw this.#noMessage(text)
    this.#start(message, outlet)
    for (const [index, block] of message.content.entries()) {
      this.#blocks.start(index, block, outlet)
      this.#blocks.stop(index, outlet)
    }
    this.#stopReason = textIn(message.stop_reason)
    if (this.#stopReason !== undefined) this.progress = 'closed'
  }

  #noMessage(text: string): ProviderError {
    const { provider, redact } = this.#options
    const message = `${provider} sent JSON that is no message: ${redact(text).slice(0, 200)}`
    return new ProviderError({ provider, kind: 'malformed', message })
  }
}

function tellRaw(values: readonly unknown[], outlet: Outlet): void {
  for (const value of values) outlet.tell({ type: 'raw', value })
}

/** The data of an event that is not known: JSON, or whatever it is. */
const looseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
