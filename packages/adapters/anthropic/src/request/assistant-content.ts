import type { AssistantMessage, ReasoningPart, ToolCallPart } from '@cepa/core'
import { type Block, blockWith, type Place, textBlock, unsupported } from './content-block.ts'

/**
 * What the model said before, in the order in which it was said. Thinking is sent back with its signature, or encrypted as it came;
 * thinking without either is not the provider's own and is left out, as is text without content, which the API refuses.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 *
 * @throws {OptionError} for files, which the Messages API does not take back.
 */
export function assistantContent({ content }: AssistantMessage, place: Place): string | readonly Block[] {
  if (typeof content === 'string') return content
  return content.flatMap((part, index) => {
    if (part.type === 'reasoning') return thinkingBlocks(part)
    if (part.type === 'tool-call') return [toolUseBlock(part)]
    if (part.type === 'text') return part.text === '' && part.providerOptions === undefined ? [] : [textBlock(part)]
    if (part.providerOptions?.type !== undefined) return [part.providerOptions]
    const at = { ...place, field: `${place.field}.content[${index}]` }
    throw unsupported(
      at,
      `a file of ${part.mediaType} in an assistant message`,
      'leave it out, or give it as the user’s',
    )
  })
}

function thinkingBlocks({ text, signature, redacted, providerOptions }: ReasoningPart): readonly Block[] {
  if (redacted !== undefined) return [blockWith({ type: 'redacted_thinking', data: redacted }, providerOptions)]
  if (signature === undefined) return []
  return [blockWith({ type: 'thinking', thinking: text, signature }, providerOptions)]
}

const toolUseBlock = ({ id, name, arguments: given, providerOptions }: ToolCallPart): Block =>
  blockWith({ type: 'tool_use', id, name, input: inputOf(given) }, providerOptions)

/** The input must be an object; arguments that were no JSON have no value, and an empty one keeps the conversation valid. */
function inputOf(given: unknown): object {
  const value = typeof given === 'string' ? parsed(given) : given
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
