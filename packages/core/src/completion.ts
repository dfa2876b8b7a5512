import type { Finish, StreamEvent, ToolCall, Usage } from './event.ts'
import type { AssistantMessage, ReasoningPart, TextPart, ToolCallPart } from './request.ts'

/** One candidate's content. */
export interface Choice {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCall[]
  /** Text, reasoning and tool calls in the order in which they came, ready to be sent back as an assistant message. */
  readonly parts: readonly (TextPart | ReasoningPart | ToolCallPart)[]
  readonly finish?: Finish
  readonly finishRaw?: string
}

/** An answer, whole or as far as it came. What is absent is unknown. */
export interface Completion extends Choice {
  /** The provider's id of the response. */
  readonly id?: string
  /** The model that answered, in the provider's words. */
  readonly model?: string
  readonly usage?: Usage
  readonly sources: readonly unknown[]
  readonly files: readonly unknown[]
  readonly embeddings: readonly (readonly number[])[]
  /** All candidates in order, this one first; absent where there is one answer only. */
  readonly choices?: readonly Choice[]
}

/**
 * The assistant message that a completion stands for, to continue the conversation with.
 *
 * @example
 * messages.push(messageOf(completion))
 */
export const messageOf = (completion: Choice): AssistantMessage => ({ role: 'assistant', content: completion.parts })

type MutablePart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string; signature?: string; redacted?: string }
  | ToolCallPart

class ChoiceAccumulator {
  #parts: MutablePart[] = []
  /** Text that has come since the last part; one string to append to, which is what nearly every event does. */
  #text = ''
  #toolCalls: ToolCall[] = []
  finish: Finish | undefined
  finishRaw: string | undefined

  text(text: string): void {
    this.#text += text
  }

  reasoning(event: { text: string; signature?: string; redacted?: string }): void {
    this.#closeText()
    const last = this.#parts.at(-1)
    const open = last?.type === 'reasoning' && last.signature === undefined && last.redacted === undefined
    if (!open || event.redacted !== undefined) {
      const part: MutablePart = { type: 'reasoning', text: event.text }
      if (event.signature !== undefined) part.signature = event.signature
      if (event.redacted !== undefined) part.redacted = event.redacted
      this.#push(part)
      return
    }
    last.text += event.text
    if (event.signature !== undefined) last.signature = event.signature
  }

  toolCall(event: ToolCall): void {
    const { id, name, arguments: args, malformed } = event
    this.#toolCalls.push(
      malformed === undefined ? { id, name, arguments: args } : { id, name, arguments: args, malformed },
    )
    this.#push({ type: 'tool-call', id, name, arguments: args })
  }

  snapshot(): Choice {
    this.#closeText()
    let text = ''
    let reasoning = ''
    for (const part of this.#parts) {
      if (part.type === 'text') text += part.text
      else if (part.type === 'reasoning') reasoning += part.text
    }
    return {
      text,
      reasoning,
      toolCalls: this.#toolCalls.slice(),
      parts: this.#parts.map((part) => ({ ...part })),
      ...(this.finish !== undefined && { finish: this.finish }),
      ...(this.finishRaw !== undefined && { finishRaw: this.finishRaw }),
    }
  }

  #push(part: MutablePart): void {
    this.#closeText()
    this.#parts.push(part)
  }

  /** Text that has come belongs to the last part, if that is text, or begins one. */
  #closeText(): void {
    if (this.#text === '') return
    const last = this.#parts.at(-1)
    if (last?.type === 'text') last.text += this.#text
    else this.#parts.push({ type: 'text', text: this.#text })
    this.#text = ''
  }
}

/** Gathers the events that pass one position into the completion there. Text grows as a rope, not by copies. */
export class CompletionAccumulator {
  #first = new ChoiceAccumulator()
  #more: (ChoiceAccumulator | undefined)[] | undefined
  #id: string | undefined
  #model: string | undefined
  #usage: Usage | undefined
  #sources: unknown[] = []
  #files: unknown[] = []
  #embeddings: (readonly number[])[] = []

  /** Takes one event in. `raw` events and pieces of tool calls are not kept. */
  add(event: StreamEvent): void {
    if (event.type === 'text' && event.choice === undefined) {
      this.#first.text(event.text)
      return
    }
    switch (event.type) {
      case 'text':
        this.#choice(event.choice).text(event.text)
        break
      case 'reasoning':
        this.#choice(event.choice).reasoning(event)
        break
      case 'tool-call':
        this.#choice(event.choice).toolCall(event)
        break
      case 'start':
        if (event.id !== undefined) this.#id = event.id
        if (event.model !== undefined) this.#model = event.model
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'end':
        this.#end(event)
        break
      case 'source':
        this.#sources.push(event.value)
        break
      case 'file':
        this.#files.push(event.value)
        break
      case 'embedding':
        this.#embeddings[event.index] = event.value
        break
    }
  }

  /** The completion so far, as a value of its own. */
  snapshot(): Completion {
    const first = this.#first.snapshot()
    const more = this.#more
    return {
      ...first,
      sources: this.#sources.slice(),
      files: this.#files.slice(),
      embeddings: this.#embeddings.slice(),
      ...(this.#id !== undefined && { id: this.#id }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(more && {
        choices: [first, ...Array.from(more, (choice) => (choice ?? new ChoiceAccumulator()).snapshot())],
      }),
    }
  }

  #end(event: StreamEvent & { type: 'end' }): void {
    for (const [index, { finish, finishRaw }] of (event.finishes ?? [event]).entries()) {
      const choice = this.#choice(index)
      choice.finish = finish
      choice.finishRaw = finishRaw
    }
    if (event.usage !== undefined) this.#usage = event.usage
  }

  #choice(index: number | undefined): ChoiceAccumulator {
    if (index === undefined || index === 0) return this.#first
    this.#more ??= []
    this.#more[index - 1] ??= new ChoiceAccumulator()
    return this.#more[index - 1] as ChoiceAccumulator
  }
}

/** The completion of an answer of which nothing has come. */
export const EMPTY_COMPLETION: Completion = Object.freeze(new CompletionAccumulator().snapshot())
