import type { Choice, Completion } from '@cepa/core'
import type { Count } from './request-tokens.ts'

/** Whether anything of an answer has come that a provider bills. */
export const hasContent = (completion: Completion): boolean =>
  completion.files.length > 0 || completion.embeddings.length > 0 || (completion.choices ?? [completion]).some(isSaid)

const isSaid = ({ text, reasoning, toolCalls }: Choice): boolean =>
  text !== '' || reasoning !== '' || toolCalls.length > 0

const argumentsOf = ({ arguments: given, malformed }: Choice['toolCalls'][number]): string =>
  malformed ?? JSON.stringify(given) ?? ''

/**
 * About how many output tokens an answer is, as far as it came: text, visible reasoning and tool calls of every candidate, and the
 * pieces of tool calls that were not finished. Reasoning that the provider hides cannot be seen. `undefined` where files came.
 */
export function answerTokens(completion: Completion, pieces: readonly string[], count: Count): number | undefined {
  if (completion.files.length > 0) return undefined
  let tokens = 0
  const add = (text: string): void => {
    if (text !== '') tokens += count(text)
  }
  for (const { text, reasoning, toolCalls } of completion.choices ?? [completion]) {
    add(text)
    add(reasoning)
    for (const call of toolCalls) {
      add(call.name)
      add(argumentsOf(call))
    }
  }
  for (const piece of pieces) add(piece)
  return tokens
}
