import { type ChatRequest, jsonSchemaOf, OptionError, type ResponseFormat, type Tool } from '@cepa/core'
import { messageBodies } from './message-body.ts'

/** The body of a request, as plain data. */
export type Body = Readonly<Record<string, unknown>>

/** What beside the request decides its body. */
export interface ChatBodyOptions {
  readonly provider: string
  readonly stream: boolean
  /** Whether a stream is asked for its usage. */
  readonly streamUsage: boolean
}

/**
 * A request as the body of `POST /chat/completions`. What is absent is left out; `providerOptions` go in as they are and win.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 *
 * @throws {OptionError} for what Chat Completions cannot say.
 */
export function chatBody(request: ChatRequest, { provider, stream, streamUsage }: ChatBodyOptions): Body {
  if (request.reasoning?.maxTokens !== undefined) throw noReasoningLimit(provider)
  const { stream_options: streamOptions, ...more } = request.providerOptions ?? {}
  return {
    model: request.model,
    messages: request.messages.flatMap((message, index) =>
      messageBodies(message, { provider, field: `messages[${index}]` }),
    ),
    ...present({
      tools: request.tools?.map(toolBody),
      tool_choice: toolChoiceBody(request.toolChoice),
      parallel_tool_calls: request.parallelToolCalls,
      response_format: request.responseFormat && formatBody(request.responseFormat),
      max_completion_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      presence_penalty: request.presencePenalty,
      frequency_penalty: request.frequencyPenalty,
      seed: request.seed,
      stop: request.stop,
      n: request.candidates,
      logprobs: request.logProbabilities === undefined ? undefined : true,
      top_logprobs: request.logProbabilities,
      reasoning_effort: request.reasoning?.effort,
    }),
    ...more,
    ...(stream && { stream: true }),
    ...(stream && streamOptionsBody(streamUsage, streamOptions)),
  }
}

const present = (fields: Readonly<Record<string, unknown>>): Body =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

function streamOptionsBody(streamUsage: boolean, given: unknown): Body | undefined {
  if (given === null) return undefined
  if (!streamUsage && given === undefined) return undefined
  return { stream_options: { ...(streamUsage && { include_usage: true }), ...(given as object | undefined) } }
}

const toolBody = ({ name, description, parameters, strict, providerOptions }: Tool): Body => ({
  type: 'function',
  function: present({ name, description, parameters: jsonSchemaOf(parameters), strict }),
  ...providerOptions,
})

const toolChoiceBody = (choice: ChatRequest['toolChoice']): unknown =>
  typeof choice === 'object' ? { type: 'function', function: { name: choice.tool } } : choice

/** The provider wants a name for every schema. */
const SCHEMA_NAME = 'answer'

function formatBody(format: ResponseFormat): Body {
  if (format.type === 'text') return { type: 'text' }
  if (format.schema === undefined) return { type: 'json_object' }
  const { name = SCHEMA_NAME, schema, strict } = format
  return { type: 'json_schema', json_schema: present({ name, schema: jsonSchemaOf(schema), strict }) }
}

const noReasoningLimit = (provider: string): OptionError =>
  new OptionError({
    owner: provider,
    field: 'reasoning.maxTokens',
    value: 'given',
    remedy:
      'Chat Completions limits reasoning by effort only; a server that takes a number takes it in providerOptions',
  })
