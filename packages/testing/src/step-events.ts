import type { EventBody, ToolCall } from '@cepa/core'
import type { Meter } from './meter.ts'
import type { EndStep, ScriptedToolCall, Step } from './script.ts'

/** The text of a scripted tool call's arguments. */
export const argumentsTextOf = (call: ScriptedToolCall): string =>
  call.argumentsText ?? JSON.stringify(call.arguments ?? {})

/** A text in so many pieces, as even as can be; fewer where it is shorter. */
export function piecesOf(text: string, pieces: number): readonly string[] {
  const count = Math.max(1, Math.min(pieces, text.length))
  return Array.from({ length: count }, (_, index) =>
    text.slice(Math.floor((index * text.length) / count), Math.floor(((index + 1) * text.length) / count)),
  )
}

const parsed = (text: string): Pick<ToolCall, 'arguments' | 'malformed'> => {
  try {
    return { arguments: JSON.parse(text) }
  } catch {
    return { arguments: undefined, malformed: text }
  }
}

function toolEvents(call: ScriptedToolCall, id: string): readonly EventBody[] {
  const text = argumentsTextOf(call)
  const deltas = piecesOf(text, call.pieces ?? 2).map(
    (argumentsText) => ({ type: 'tool-call-delta', id, argumentsText }) as const,
  )
  const { name } = call
  return [{ type: 'tool-call-start', id, name }, ...deltas, { type: 'tool-call', id, name, ...parsed(text) }]
}

const withChoice = (events: readonly EventBody[], choice: number | undefined): readonly EventBody[] =>
  choice === undefined ? events : events.map((event) => ({ ...event, choice }))

/** Turns the steps that say something into the events that an adapter would make of them. */
export class StepEvents {
  readonly #meter: Meter
  #toolCalls = 0
  #embeddings = 0

  constructor(meter: Meter) {
    this.#meter = meter
  }

  /** The events of one step; none for one that waits or fails. */
  of(step: Step): readonly EventBody[] {
    this.#meter.add(step)
    if ('text' in step) return withChoice([{ type: 'text', text: step.text }], step.choice)
    if ('reasoning' in step) {
      const { reasoning, choice, tokens: _, ...rest } = step
      return withChoice([{ type: 'reasoning', text: reasoning, ...rest }], choice)
    }
    if ('toolCall' in step) {
      const id = step.toolCall.id ?? `call-${++this.#toolCalls}`
      return withChoice(toolEvents(step.toolCall, id), step.choice)
    }
    if ('end' in step) return [this.#end(step)]
    if ('usage' in step) return [{ type: 'usage', usage: { source: 'provider', ...step.usage } }]
    return this.#other(step)
  }

  #other(step: Step): readonly EventBody[] {
    if ('source' in step) return [{ type: 'source', value: step.source }]
    if ('file' in step) return [{ type: 'file', value: step.file }]
    if ('raw' in step) return [{ type: 'raw', value: step.raw }]
    if ('event' in step) return [step.event]
    if ('embedding' in step) {
      return [{ type: 'embedding', index: step.index ?? this.#embeddings++, value: step.embedding }]
    }
    return []
  }

  #end(step: EndStep): EventBody {
    const { end, finishRaw } = step
    const usage = this.#meter.usageAtEnd(step)
    return { type: 'end', finish: end, finishRaw: finishRaw ?? end, ...(usage && { usage }) }
  }
}
