import { type Fields, fieldsOf, textIn, unknownFields } from './fields.ts'
import type { OpenBlock } from './open-block.ts'
import type { Outlet } from './outlet.ts'

const KNOWN: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input'])

/** A tool that the model asks for; its input comes as pieces of JSON, or at once. */
export class ToolUseBlock implements OpenBlock {
  #id: string
  #name: string
  #input: unknown
  #json = ''

  constructor(value: Fields, index: unknown, outlet: Outlet) {
    // a server that gives no id still needs one, to tell the pieces and the results apart
    this.#id = textIn(value.id) ?? `toolu_${String(index)}`
    this.#name = textIn(value.name) ?? ''
    this.#input = value.input
    outlet.tell({ type: 'tool-call-start', id: this.#id, name: this.#name })
    for (const field of unknownFields(value, KNOWN)) {
      // nearly all calls are the model's own, which need not be said
      if (fieldsOf(field.caller).type !== 'direct') outlet.tell({ type: 'raw', value: { id: this.#id, ...field } })
    }
  }

  delta({ type, partial_json: piece }: Fields, outlet: Outlet): boolean {
    if (type !== 'input_json_delta') return false
    this.#piece(textIn(piece), outlet)
    return true
  }

  stop(outlet: Outlet): void {
    if (this.#json === '') this.#piece(wholeInput(this.#input), outlet)
    outlet.tell({ type: 'tool-call', id: this.#id, name: this.#name, ...parsed(this.#json) })
  }

  #piece(text: string | undefined, outlet: Outlet): void {
    if (text === undefined) return
    this.#json += text
    outlet.tell({ type: 'tool-call-delta', id: this.#id, argumentsText: text })
  }
}

/** An input that came at once, as text; `undefined` for the empty one, which stands where the pieces are still to come. */
function wholeInput(input: unknown): string | undefined {
  if (typeof input === 'string') return textIn(input)
  return Object.keys(fieldsOf(input)).length > 0 ? JSON.stringify(input) : undefined
}

/** A tool without parameters is called with nothing at all. */
function parsed(text: string): { arguments: unknown; malformed?: string } {
  if (text.trim() === '') return { arguments: {} }
  try {
    return { arguments: JSON.parse(text) }
  } catch {
    return { arguments: undefined, malformed: text }
  }
}
