import type { ChatRequest, Completion, EmbedRequest, Tokenizer } from '@cepa/core'
import { answerTokens } from './answer-tokens.ts'
import { requestTokens } from './request-tokens.ts'

/** What an {@link Estimate} is made of. */
export interface EstimateOf {
  readonly request: ChatRequest | EmbedRequest
  readonly tokenizer: Tokenizer
  /** Tokens of one image. */
  readonly imageTokens: number
}

/**
 * The estimated tokens of one call, made when they are asked for; the request's once for all attempts. What a tokenizer throws makes its
 * number unknown and is kept in `problem`, so that the numbers that the provider told are not lost with it.
 */
export class Estimate {
  problem: { readonly error: unknown } | undefined
  readonly #of: EstimateOf
  #input: { readonly tokens: number | undefined } | undefined

  constructor(of: EstimateOf) {
    this.#of = of
  }

  /** Input tokens; `undefined` where the request has something that cannot be estimated. */
  input(): number | undefined {
    const { request, imageTokens } = this.#of
    this.#input ??= { tokens: this.#try(() => requestTokens(request, this.#count, imageTokens)) }
    return this.#input.tokens
  }

  /** Output tokens of an answer as far as it came, with the pieces of tool calls that were not finished. */
  output(completion: Completion, pieces: readonly string[]): number | undefined {
    return this.#try(() => answerTokens(completion, pieces, this.#count))
  }

  #count = (text: string): number => {
    const { tokenizer } = this.#of
    const tokens = tokenizer.count(text)
    if (Number.isFinite(tokens) && tokens >= 0) return Math.ceil(tokens)
    throw new TypeError(`tokenizer ${tokenizer.name} counted ${tokens}; it must give a number of at least 0`)
  }

  #try(count: () => number | undefined): number | undefined {
    try {
      return count()
    } catch (error) {
      this.problem ??= { error }
      return undefined
    }
  }
}
