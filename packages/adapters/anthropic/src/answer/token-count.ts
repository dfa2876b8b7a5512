import { ProviderError } from '@cepa/core'
import { jsonOf, type Progress, type Reducer, type WireMessage } from '@cepa/transport'
import type { Body } from '../request/messages-body.ts'
import { fieldsOf } from './fields.ts'
import type { ReducerOptions } from './messages-reducer.ts'

/** What of a request is counted. */
const COUNTED: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
])

/**
 * The body of `POST /v1/messages/count_tokens`: that of the request, without what does not count.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/token-counting
 */
export const countBody = (body: Body): Body =>
  Object.fromEntries(Object.entries(body).filter(([field]) => COUNTED.has(field)))

/** Reads the answer of `/v1/messages/count_tokens`: one number. */
export class TokenCountReducer implements Reducer {
  progress: Progress = 'open'
  inputTokens = 0
  #options: ReducerOptions

  constructor(options: ReducerOptions) {
    this.#options = options
  }

  take(message: WireMessage): void {
    const { input_tokens: tokens, error } = fieldsOf(jsonOf(message, this.#options))
    if (error) throw this.#options.failure({ error })
    const { provider } = this.#options
    if (typeof tokens !== 'number')
      throw new ProviderError({ provider, kind: 'malformed', message: `${provider} counted no tokens` })
    this.inputTokens = tokens
    this.progress = 'closed'
  }

  finish(): void {
    // a number has no events
  }
}
