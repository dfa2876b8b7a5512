import type { Usage } from '@cepa/core'
import type { FullFailure } from '../failure.ts'
import type { EndStep, ScriptedToolCall, Step } from '../script.ts'
import { argumentsTextOf, piecesOf } from '../step-events.ts'
import { unsayable, type WireContext, type WireFrame, type WireStream } from '../wire.ts'
import { openAiFailure, openAiFinish, openAiUsage } from './openai-words.ts'

/** One answer as chunks of Chat Completions. */
export class OpenAiStream implements WireStream {
  readonly #context: WireContext
  readonly #withUsage: boolean
  readonly #choices: Set<number> = new Set([0])
  readonly #toolCalls: Map<number, number> = new Map()

  constructor(context: WireContext) {
    this.#context = context
    const { stream_options: options } = context.seen.request as object as {
      stream_options?: { include_usage?: boolean }
    }
    this.#withUsage = options?.include_usage === true
  }

  open(): readonly WireFrame[] {
    return [this.#chunk({ role: 'assistant', content: '' }, 0)]
  }

  step(step: Step): readonly WireFrame[] {
    this.#context.meter.add(step)
    if ('end' in step) return this.#end(step)
    if ('raw' in step) return [{ data: typeof step.raw === 'string' ? step.raw : JSON.stringify(step.raw) }]
    if ('usage' in step) return []
    const choice = 'choice' in step ? (step.choice ?? 0) : 0
    this.#choices.add(choice)
    if ('text' in step) return [this.#chunk({ content: step.text }, choice)]
    if ('reasoning' in step) return [this.#chunk({ reasoning_content: step.reasoning }, choice)]
    if ('source' in step) return [this.#chunk({ annotations: [step.source] }, choice)]
    if ('toolCall' in step) return this.#toolCall(step.toolCall, choice)
    throw unsayable('openai', step)
  }

  fail(failure: FullFailure): readonly WireFrame[] {
    return [{ data: JSON.stringify(openAiFailure(failure).body) }]
  }

  #toolCall(call: ScriptedToolCall, choice: number): readonly WireFrame[] {
    const index = this.#toolCalls.get(choice) ?? 0
    this.#toolCalls.set(choice, index + 1)
    const head = {
      index,
      id: call.id ?? `call-${index + 1}`,
      type: 'function',
      function: { name: call.name, arguments: '' },
    }
    const pieces = piecesOf(argumentsTextOf(call), call.pieces ?? 2)
    return [
      this.#chunk({ tool_calls: [head] }, choice),
      ...pieces.map((piece) => this.#chunk({ tool_calls: [{ index, function: { arguments: piece } }] }, choice)),
    ]
  }

  #end(step: EndStep): readonly WireFrame[] {
    const finish = openAiFinish(step)
    const usage = this.#context.meter.usageAtEnd(step)
    const ends = [...this.#choices].sort((a, b) => a - b).map((choice) => this.#chunk({}, choice, finish))
    const told = this.#withUsage && usage ? [this.#envelope([], usage)] : []
    return [...ends, ...told, { data: '[DONE]' }]
  }

  #chunk(delta: object, index: number, finish: string | null = null): WireFrame {
    return this.#envelope([{ index, delta, logprobs: null, finish_reason: finish }])
  }

  #envelope(choices: readonly object[], usage?: Usage): WireFrame {
    const { id, model } = this.#context.plan
    const told = this.#withUsage ? { usage: usage ? openAiUsage(usage) : null } : {}
    // fields that no adapter knows: the provider adds such at any time
    const unknown = { system_fingerprint: 'fp_fake', obfuscation: 'k1t' }
    const head = { id, object: 'chat.completion.chunk', created: 1_767_225_600, model, ...unknown }
    return { data: JSON.stringify({ ...head, choices, ...told }) }
  }
}
