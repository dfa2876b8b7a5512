import type { ScriptedToolCall, Step } from '../script.ts'
import { argumentsTextOf } from '../step-events.ts'
import { unsayable } from '../wire.ts'

/** A content block as a whole answer has it. */
export type Block = { readonly type: string } & Record<string, unknown>

/** The kind of block that a step's content goes into; `undefined` for a step that is no content. */
export function blockKind(step: Step): 'text' | 'thinking' | 'redacted_thinking' | 'tool_use' | undefined {
  if ('text' in step || 'source' in step) return 'text'
  if ('reasoning' in step) return step.redacted === undefined ? 'thinking' : 'redacted_thinking'
  if ('toolCall' in step) return 'tool_use'
  if ('usage' in step || 'comment' in step || 'raw' in step || 'end' in step) return undefined
  throw unsayable('anthropic', step)
}

/** The empty block that a step begins. */
export function emptyBlock(step: Step, toolCalls: number): Block {
  if ('toolCall' in step)
    return { type: 'tool_use', id: idOf(step.toolCall, toolCalls), name: step.toolCall.name, input: {} }
  if ('reasoning' in step) {
    return step.redacted === undefined
      ? { type: 'thinking', thinking: '', signature: '' }
      : { type: 'redacted_thinking', data: step.redacted }
  }
  return { type: 'text', text: '' }
}

const idOf = (call: ScriptedToolCall, count: number): string => call.id ?? `call-${count}`

const inputOf = (call: ScriptedToolCall): unknown => {
  try {
    return JSON.parse(argumentsTextOf(call))
  } catch {
    return argumentsTextOf(call)
  }
}

/** Whether a step goes on in the block that is open, or begins one of its own. */
export const continues = (open: Block | undefined, step: Step): boolean =>
  open !== undefined &&
  open.type === blockKind(step) &&
  (open.type === 'text' || open.type === 'thinking') &&
  !open.signature

/** A block with a step's content added, for whole answers. */
export function filled(block: Block, step: Step): Block {
  if ('text' in step) return { ...block, text: String(block.text) + step.text }
  if ('source' in step) return { ...block, citations: [...((block.citations as unknown[]) ?? []), step.source] }
  if ('toolCall' in step) return { ...block, input: inputOf(step.toolCall) }
  if (!('reasoning' in step) || step.redacted !== undefined) return block
  return { ...block, thinking: String(block.thinking) + step.reasoning, signature: step.signature ?? '' }
}
