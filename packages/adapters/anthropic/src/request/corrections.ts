import type { ChatRequest } from '@cepa/core'
import type { Correction } from '@cepa/transport'
import type { Body } from './messages-body.ts'
import { ADAPTIVE } from './thinking.ts'

/** The API's words for a limit that a model does not reach. */
const TOO_MANY = /max_tokens: \d+ > (\d+)/

/** Models that think only by budget say so in one of these ways. */
const NOT_ADAPTIVE = /adaptive/i

/**
 * The changes of a body that its refusal may call for: only of what the adapter chose, not the caller. A model that does not reach the
 * default of `max_tokens` is asked with the most it has; one that cannot think adaptively is asked by effort alone.
 */
export class BodyCorrections {
  #body: Body
  #request: ChatRequest
  #most: number | undefined

  constructor(body: Body, request: ChatRequest) {
    this.#body = body
    this.#request = request
  }

  get all(): readonly Correction[] {
    return [this.#maxTokens, this.#thinking]
  }

  /** The body after the corrections that were made. */
  bodyAfter(made: ReadonlySet<string>): Body {
    const corrected: Record<string, unknown> = { ...this.#body }
    if (made.has(this.#maxTokens.reason)) corrected.max_tokens = this.#most
    if (made.has(this.#thinking.reason)) delete corrected.thinking
    return corrected
  }

  readonly #maxTokens: Correction = {
    reason: "with the model's max_tokens",
    applies: ({ kind, message }) => {
      const { maxOutputTokens, providerOptions } = this.#request
      if (kind !== 'invalid-request' || maxOutputTokens !== undefined || has(providerOptions, 'max_tokens'))
        return false
      const most = Number(TOO_MANY.exec(message)?.[1] ?? 0)
      this.#most = most
      return most > 0
    },
  }

  readonly #thinking: Correction = {
    reason: 'without adaptive thinking',
    applies: ({ kind, message }) => {
      const { thinking } = this.#body as { thinking?: { type?: unknown } | null }
      if (kind !== 'invalid-request' || has(this.#request.providerOptions, 'thinking')) return false
      return thinking?.type === ADAPTIVE && NOT_ADAPTIVE.test(message)
    },
  }
}

const has = (options: object | undefined, field: string): boolean => Object.hasOwn(options ?? {}, field)
