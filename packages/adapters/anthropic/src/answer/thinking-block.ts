import { type Fields, textIn } from './fields.ts'
import type { OpenBlock } from './open-block.ts'
import type { Outlet } from './outlet.ts'

/** Thinking, and at its end the signature that it is sent back with. The text may be withheld; the signature then stands alone. */
export class ThinkingBlock implements OpenBlock {
  #signature: string | undefined

  constructor({ thinking, signature }: Fields, outlet: Outlet) {
    tell(thinking, outlet)
    this.#signature = textIn(signature)
  }

  delta({ type, thinking, signature }: Fields, outlet: Outlet): boolean {
    if (type === 'thinking_delta') tell(thinking, outlet)
    else if (type === 'signature_delta') this.#signature = textIn(signature) ?? this.#signature
    else return false
    return true
  }

  stop(outlet: Outlet): void {
    if (this.#signature !== undefined) outlet.tell({ type: 'reasoning', text: '', signature: this.#signature })
  }
}

function tell(value: unknown, outlet: Outlet): void {
  const text = textIn(value)
  if (text !== undefined) outlet.tell({ type: 'reasoning', text })
}
