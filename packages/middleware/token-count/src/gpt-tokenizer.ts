import type { Tokenizer } from '@cepa/core'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { cutLongRuns } from './long-runs.ts'

/** What looks like a special token in a text is text: `<|endoftext|>` in a prompt must not throw. */
const AS_TEXT = { disallowedSpecial: new Set<string>() }

const LONGEST_RUN = 512

/**
 * Counts exactly as OpenAI's encoding `o200k_base` does (GPT-4o and later), for `tokenCount({ tokenizer: gptTokenizer() })`. Needs the
 * package `gpt-tokenizer` 4 to be installed; loading its vocabulary takes about 0.3 s and 80 MB, once. A run of more than 512 letters,
 * spaces or signs is cut there, which may add a token each time.
 *
 * @example
 * import { gptTokenizer } from '@cepa/middleware-token-count/gpt-tokenizer'
 * gptTokenizer().count('Hello, world') // → 3
 *
 * @see https://github.com/niieani/gpt-tokenizer
 */
export const gptTokenizer = (): Tokenizer => ({
  name: 'gpt-tokenizer o200k_base',
  count(text) {
    let tokens = 0
    for (const piece of cutLongRuns(text, LONGEST_RUN)) tokens += countTokens(piece, AS_TEXT)
    return tokens
  },
})
