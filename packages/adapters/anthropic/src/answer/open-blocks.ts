import { type Fields, fieldsOf, textIn } from './fields.ts'
import type { OpenBlock } from './open-block.ts'
import { OtherBlock } from './other-block.ts'
import type { Outlet } from './outlet.ts'
import { TextBlock } from './text-block.ts'
import { ThinkingBlock } from './thinking-block.ts'
import { ToolUseBlock } from './tool-use-block.ts'

/** The content blocks of a message, of several at once: those of a stream come in pieces, those of a whole answer complete. */
export class OpenBlocks {
  #open = new Map<unknown, OpenBlock>()

  start(index: unknown, value: unknown, outlet: Outlet): void {
    this.stop(index, outlet)
    this.#open.set(index, blockOf(fieldsOf(value), index, outlet))
  }

  delta(index: unknown, value: unknown, outlet: Outlet): void {
    const delta = fieldsOf(value)
    const block = this.#open.get(index) ?? this.#unannounced(index, delta, outlet)
    if (!block.delta(delta, outlet)) outlet.tell({ type: 'raw', value: { index, delta } })
  }

  stop(index: unknown, outlet: Outlet): void {
    this.#open.get(index)?.stop(outlet)
    this.#open.delete(index)
  }

  /** The message is complete: so are blocks whose stop was not told. */
  stopAll(outlet: Outlet): void {
    for (const index of [...this.#open.keys()]) this.stop(index, outlet)
  }

  /** Not every server tells the start of a block; its deltas say what it is. */
  #unannounced(index: unknown, delta: Fields, outlet: Outlet): OpenBlock {
    const type = delta.type === 'text_delta' ? 'text' : delta.type === 'thinking_delta' ? 'thinking' : undefined
    const block = blockOf(type ? { type } : {}, index, outlet)
    this.#open.set(index, block)
    return block
  }
}

function blockOf(value: Fields, index: unknown, outlet: Outlet): OpenBlock {
  switch (value.type) {
    case 'text':
      return new TextBlock(value, outlet)
    case 'thinking':
      return new ThinkingBlock(value, outlet)
    case 'tool_use':
      return new ToolUseBlock(value, index, outlet)
    case 'redacted_thinking':
      outlet.tell({ type: 'reasoning', text: '', redacted: textIn(value.data) ?? '' })
      return new OtherBlock({})
    default:
      return new OtherBlock(value)
  }
}
