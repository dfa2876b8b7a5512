import { type Fields, textIn } from './fields.ts'
import type { OpenBlock } from './open-block.ts'
import type { Outlet } from './outlet.ts'

/** Text, and what it cites. */
export class TextBlock implements OpenBlock {
  constructor({ text, citations }: Fields, outlet: Outlet) {
    tell(text, outlet)
    if (Array.isArray(citations)) for (const value of citations) outlet.tell({ type: 'source', value })
  }

  delta({ type, text, citation }: Fields, outlet: Outlet): boolean {
    if (type === 'text_delta') tell(text, outlet)
    else if (type === 'citations_delta') outlet.tell({ type: 'source', value: citation })
    else return false
    return true
  }

  stop(): void {
    // all of it was told as it came
  }
}

function tell(value: unknown, outlet: Outlet): void {
  const text = textIn(value)
  if (text !== undefined) outlet.tell({ type: 'text', text })
}
