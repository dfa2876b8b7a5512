import type { FullFailure } from '../failure.ts'
import type { EndStep, Step } from '../script.ts'
import { argumentsTextOf, piecesOf } from '../step-events.ts'
import type { WireContext, WireFrame, WireStream } from '../wire.ts'
import { type Block, blockKind, continues, emptyBlock } from './anthropic-blocks.ts'
import { anthropicFailure, anthropicFinish, anthropicInput, usageAhead } from './anthropic-words.ts'

const frame = (type: string, rest: object): WireFrame => ({ event: type, data: JSON.stringify({ type, ...rest }) })

/** One answer as the events of Messages. */
export class AnthropicStream implements WireStream {
  readonly #context: WireContext
  #index = -1
  #block: Block | undefined
  #toolCalls = 0

  constructor(context: WireContext) {
    this.#context = context
  }

  open(): readonly WireFrame[] {
    const { id, model, usage } = this.#context.plan
    const told = usage === false ? {} : { usage: { ...anthropicInput(usageAhead(this.#context)), output_tokens: 1 } }
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...told,
    }
    return [frame('message_start', { message }), frame('ping', {})]
  }

  step(step: Step): readonly WireFrame[] {
    this.#context.meter.add(step)
    if ('end' in step) return this.#end(step)
    if ('raw' in step) return [this.#raw(step.raw)]
    if (blockKind(step) === undefined) return []
    const begun = continues(this.#block, step) ? [] : [...this.#stop(), this.#begin(step)]
    return [...begun, ...this.#deltas(step).map((delta) => frame('content_block_delta', { index: this.#index, delta }))]
  }

  fail(failure: FullFailure): readonly WireFrame[] {
    const { error } = anthropicFailure(failure, this.#context.plan.providerRequestId).body as { error: unknown }
    return [frame('error', { error })]
  }

  #begin(step: Step): WireFrame {
    if ('toolCall' in step) this.#toolCalls++
    this.#block = emptyBlock(step, this.#toolCalls)
    this.#index++
    return frame('content_block_start', { index: this.#index, content_block: this.#block })
  }

  #stop(): readonly WireFrame[] {
    if (this.#block === undefined) return []
    this.#block = undefined
    return [frame('content_block_stop', { index: this.#index })]
  }

  #deltas(step: Step): readonly object[] {
    if ('text' in step) return [{ type: 'text_delta', text: step.text }]
    if ('source' in step) return [{ type: 'citations_delta', citation: step.source }]
    if ('toolCall' in step) {
      const pieces = piecesOf(argumentsTextOf(step.toolCall), step.toolCall.pieces ?? 2)
      return pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }))
    }
    if (!('reasoning' in step) || step.redacted !== undefined) return []
    const thinking = { type: 'thinking_delta', thinking: step.reasoning }
    if (step.signature === undefined) return [thinking]
    this.#block = { ...(this.#block as Block), signature: step.signature }
    return [thinking, { type: 'signature_delta', signature: step.signature }]
  }

  #raw(value: unknown): WireFrame {
    if (typeof value === 'string') return { event: 'unknown', data: value }
    return { event: String((value as { type?: unknown }).type ?? 'unknown'), data: JSON.stringify(value) }
  }

  #end(step: EndStep): readonly WireFrame[] {
    const usage = this.#context.meter.usageAtEnd(step)
    const delta = { stop_reason: anthropicFinish(step), stop_sequence: null }
    const told = usage ? { usage: { output_tokens: usage.outputTokens ?? 0 } } : {}
    return [...this.#stop(), frame('message_delta', { delta, ...told }), frame('message_stop', {})]
  }
}
