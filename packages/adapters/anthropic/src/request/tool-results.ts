import type { ToolMessage } from '@cepa/core'
import { type Block, blockWith } from './content-block.ts'

/** What tools answered. Images and documents among it go into `providerOptions.content`. */
export const toolResults = ({ content }: ToolMessage): readonly Block[] =>
  content.map(({ id, result, isError, providerOptions }) =>
    blockWith(
      {
        type: 'tool_result',
        tool_use_id: id,
        content: typeof result === 'string' ? result : (JSON.stringify(result) ?? ''),
        ...(isError && { is_error: true }),
      },
      providerOptions,
    ),
  )
