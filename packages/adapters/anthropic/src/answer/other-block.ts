import { type Fields, textIn } from './fields.ts'
import type { OpenBlock } from './open-block.ts'
import type { Outlet } from './outlet.ts'

/**
 * A block of another kind, such as those of the provider's own tools: told raw once it is complete, in the form in which the API takes
 * it back. A file that was made is a `file`.
 */
export class OtherBlock implements OpenBlock {
  #value: Fields
  #json = ''

  constructor(value: Fields) {
    this.#value = value
  }

  delta({ type, partial_json: piece }: Fields): boolean {
    if (type !== 'input_json_delta') return false
    this.#json += textIn(piece) ?? ''
    return true
  }

  stop(outlet: Outlet): void {
    if (Object.keys(this.#value).length === 0) return
    const value = this.#json === '' ? this.#value : { ...this.#value, input: parsedOr(this.#json) }
    outlet.tell({ type: value.type === 'container_upload' ? 'file' : 'raw', value })
  }
}

const parsedOr = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
