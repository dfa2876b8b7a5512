import type { Message, SystemMessage } from '@cepa/core'
import { assistantContent } from './assistant-content.ts'
import { type Block, type Place, textBlocks } from './content-block.ts'
import { toolResults } from './tool-results.ts'
import { userContent } from './user-content.ts'

interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: string | readonly Block[]
  /** It ends with results of tools: other results, and what the user says then, follow in the same turn. */
  readonly open?: boolean
}

/** A conversation in the API's form. */
export interface Conversation {
  readonly system?: string | readonly Block[]
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
}

/**
 * The messages in the API's form. What the system says first goes to `system`, later words of it stay in their place. Results of
 * tools stand in one turn of the user, together with what the user says after them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/working-with-messages
 *
 * @throws {OptionError} for content that the Messages API cannot carry.
 */
export function conversationOf(messages: readonly Message[], provider: string): Conversation {
  const opening: SystemMessage[] = []
  const turns: Turn[] = []
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system' && turns.length === 0) opening.push(message)
    else addTurn(turns, turnOf(message, { provider, field: `messages[${index}]` }))
  }
  return {
    ...(opening.length > 0 && { system: systemContent(opening) }),
    messages: turns.map(({ role, content }) => ({ role, content })),
  }
}

function systemContent(messages: readonly SystemMessage[]): string | readonly Block[] {
  const [first] = messages
  if (messages.length === 1 && typeof first?.content === 'string') return first.content
  return messages.flatMap(({ content }) => asBlocks(textBlocks(content)))
}

const asBlocks = (content: string | readonly Block[]): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

function addTurn(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1)
  if (!last?.open || turn.role !== 'user') {
    turns.push(turn)
    return
  }
  turns[turns.length - 1] = { ...turn, content: [...asBlocks(last.content), ...asBlocks(turn.content)] }
}

function turnOf(message: Message, place: Place): Turn {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: textBlocks(message.content) }
    case 'user':
      return { role: 'user', content: userContent(message, place) }
    case 'assistant':
      return { role: 'assistant', content: assistantContent(message, place) }
    case 'tool':
      return { role: 'user', content: toolResults(message), open: true }
  }
}
