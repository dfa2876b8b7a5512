import type { StreamEvent } from '@cepa/core'

/** The tool calls of a stream that have begun and are not complete, which no completion has: their tokens were made all the same. */
export class OpenToolCalls {
  #open: Map<string, string> | undefined

  /** Takes an event in. */
  add(event: StreamEvent): void {
    if (event.type === 'tool-call-start') this.#begin(event.id, event.name)
    else if (event.type === 'tool-call-delta') this.#append(event.id, event.argumentsText)
    else if (event.type === 'tool-call') this.#open?.delete(event.id)
  }

  /** Name and arguments so far of each. */
  pieces(): readonly string[] {
    return [...(this.#open?.values() ?? [])]
  }

  #begin(id: string, name: string): void {
    this.#open ??= new Map()
    this.#open.set(id, name)
  }

  #append(id: string, argumentsText: string): void {
    this.#open ??= new Map()
    this.#open.set(id, (this.#open.get(id) ?? '') + argumentsText)
  }
}
