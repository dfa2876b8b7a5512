import { type ChatRequest, OptionError } from '@cepa/core'
import { conversationOf } from './conversation.ts'
import { formatBody } from './structured-output.ts'
import { thinkingBody } from './thinking.ts'
import { toolChoiceBody, toolsBody } from './tools.ts'

/** The body of a request, as plain data. */
export type Body = Readonly<Record<string, unknown>>

/** What beside the request decides its body. */
export interface MessagesBodyOptions {
  readonly provider: string
  readonly stream: boolean
  /** `max_tokens` where the request does not say it. */
  readonly maxOutputTokens: number
}

/**
 * A request as the body of `POST /v1/messages`. What is absent is left out, but for `max_tokens`, which the API requires;
 * `providerOptions` go in as they are and win, `tools` and `output_config` among them are added to the request's own.
 *
 * @see https://platform.claude.com/docs/en/api/messages/create
 *
 * @throws {OptionError} for what the Messages API cannot say.
 */
export function messagesBody(request: ChatRequest, { provider, stream, maxOutputTokens }: MessagesBodyOptions): Body {
  refuseUnsayable(request, provider)
  const { betas: _headers, tools, output_config: outputConfig, ...more } = request.providerOptions ?? {}
  const { thinking, effort } = thinkingBody(request.reasoning)
  const format = formatBody(request.responseFormat, provider)
  const allTools = toolsBody(request.tools, tools)
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens ?? maxOutputTokens + (request.reasoning?.maxTokens ?? 0),
    ...conversationOf(request.messages, provider),
    ...present({
      tools: allTools,
      tool_choice: toolChoiceBody(request, allTools !== undefined),
      output_config: outputBody({ format, effort }, outputConfig),
      thinking,
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      stop_sequences: request.stop,
    }),
    ...more,
    ...(stream && { stream: true }),
  }
}

const present = (fields: Readonly<Record<string, unknown>>): Body =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

function outputBody(own: Readonly<Record<string, unknown>>, given: unknown): unknown {
  if (given !== undefined && (typeof given !== 'object' || given === null)) return given
  const merged = { ...present(own), ...given }
  return Object.keys(merged).length > 0 ? merged : undefined
}

/** What other providers have a word for, with the value that asks for nothing. */
const UNSAYABLE = {
  candidates: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  seed: undefined,
  logProbabilities: undefined,
} as const satisfies Partial<Record<keyof ChatRequest, unknown>>

function refuseUnsayable(request: ChatRequest, provider: string): void {
  for (const field of Object.keys(UNSAYABLE) as (keyof typeof UNSAYABLE)[]) {
    const value = request[field]
    if (value === undefined || value === UNSAYABLE[field]) continue
    const remedy = 'leave it out for this provider: the Messages API has nothing of the kind'
    throw new OptionError({ owner: provider, field, value: String(value), remedy })
  }
}
