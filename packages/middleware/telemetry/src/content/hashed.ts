import { plainData, type RecordedContent, type RecordedHashes } from '@cepa/core'
import type { Said } from './capture.ts'
import type { KeyedHash } from './hash.ts'

/** Most characters of one text that are hashed; of a longer one, its length too. */
const MAX_UNITS = 1_048_576

const bounded = (text: string): string =>
  text.length <= MAX_UNITS ? text : `${text.slice(0, MAX_UNITS)}\n(${text.length})`

/** A message as the text that is hashed: its content, whoever said it. */
function textOf(item: unknown): string {
  if (typeof item === 'string') return bounded(item)
  const { content } = item as { content?: unknown }
  return bounded(typeof content === 'string' ? content : (JSON.stringify(plainData(content)) ?? ''))
}

/** Keyed hashes of what was asked and answered. An answer of nothing has none. */
export async function hashedContent({ operation, asked, completion }: Said, hash: KeyedHash): Promise<RecordedContent> {
  const items = await Promise.all(asked.map((item) => hash(textOf(item))))
  const { text, reasoning, toolCalls } = completion
  const empty = text === '' && reasoning === '' && toolCalls.length === 0
  const answer = toolCalls.length === 0 ? text : JSON.stringify([text, plainData(toolCalls)])
  const hashes: RecordedHashes = {
    ...(operation === 'chat' ? { messages: items } : { inputs: items }),
    ...(!empty && { answer: await hash(bounded(answer)) }),
  }
  return { hashes }
}
