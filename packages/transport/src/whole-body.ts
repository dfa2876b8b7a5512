import { platform } from './platform.ts'
import { tooLarge, type WireParser } from './wire.ts'

/** The limit of a whole answer. */
export interface WholeBodyLimits {
  readonly provider: string
  /** Most bytes that the answer may have. Default: {@link MAX_ANSWER_BYTES}. */
  readonly maxAnswerBytes?: number
}

/** The default of `maxAnswerBytes`: 256 MiB, which holds the largest batches of embeddings. */
export const MAX_ANSWER_BYTES: number = 268_435_456

/**
 * The parser of an answer that is one document: one message, at its end.
 *
 * @example
 * const parser = wholeBodyParser({ provider: 'openai' })
 */
export function wholeBodyParser({ provider, maxAnswerBytes = MAX_ANSWER_BYTES }: WholeBodyLimits): WireParser {
  const decoder = new platform.TextDecoder()
  let pieces: string[] = []
  let bytesSeen = 0
  return {
    push(bytes) {
      bytesSeen += bytes.length
      if (bytesSeen > maxAnswerBytes) throw tooLarge(provider, 'an answer', `maxAnswerBytes (${maxAnswerBytes})`)
      pieces.push(decoder.decode(bytes, { stream: true }))
    },
    end(tell) {
      const text = pieces.join('') + decoder.decode()
      pieces = []
      if (text.trim() !== '') tell({ text, whole: true })
    },
  }
}
