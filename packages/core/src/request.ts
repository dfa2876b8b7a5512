import { jsonSchemaOf, type Schema } from './schema.ts'

/** What a pipeline can be asked to do. */
export type Operation = 'chat' | 'embed'

/** Bytes by one of four ways: inline, base64, an address the provider fetches, or an id of a file it already holds. */
export type MediaSource =
  | { readonly bytes: Uint8Array }
  | { readonly base64: string }
  | { readonly url: string }
  | { readonly fileId: string }

/** What every part, and every tool, may carry for one provider alone, for example a prompt-caching mark. */
interface PartOptions {
  readonly providerOptions?: Readonly<Record<string, unknown>>
}

/** Text, in any role. */
export interface TextPart extends PartOptions {
  readonly type: 'text'
  readonly text: string
}

/** An image; `mediaType` (for example `image/png`) is needed for inline bytes. */
export interface ImagePart extends PartOptions {
  readonly type: 'image'
  readonly image: MediaSource
  readonly mediaType?: string
  /** How closely the provider looks, in its own words (`low`, `high`, …). */
  readonly detail?: string
}

/** A document, audio or other file. */
export interface FilePart extends PartOptions {
  readonly type: 'file'
  readonly file: MediaSource
  readonly mediaType: string
  readonly name?: string
}

/** A tool that the model asked for. */
export interface ToolCallPart extends PartOptions {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

/** What the tool answered. `result` that is not a string is sent as JSON. */
export interface ToolResultPart extends PartOptions {
  readonly type: 'tool-result'
  readonly id: string
  readonly name?: string
  readonly result: unknown
  readonly isError?: boolean
}

/** What the model thought, with the provider's signature over it; `redacted` holds what the provider sent encrypted. */
export interface ReasoningPart extends PartOptions {
  readonly type: 'reasoning'
  readonly text: string
  readonly signature?: string
  readonly redacted?: string
}

/** Instructions. */
export interface SystemMessage {
  readonly role: 'system'
  readonly content: string | readonly TextPart[]
}

/** What the user says and shows. */
export interface UserMessage {
  readonly role: 'user'
  readonly content: string | readonly (TextPart | ImagePart | FilePart)[]
}

/** What the model said before. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: string | readonly (TextPart | ReasoningPart | ToolCallPart | FilePart)[]
}

/** The answers of tools. */
export interface ToolMessage {
  readonly role: 'tool'
  readonly content: readonly ToolResultPart[]
}

/** One message of a conversation, told apart by `role`. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage

/** A function that the model may ask for. */
export interface Tool extends PartOptions {
  readonly name: string
  readonly description?: string
  readonly parameters: Schema
  /** Whether the provider must hold the model to the schema exactly. */
  readonly strict?: boolean
}

/** What form the answer must have. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json'; readonly schema?: Schema; readonly name?: string; readonly strict?: boolean }

/** A request for a chat answer, in one shape for every provider. What is absent is left to the provider's default. */
export interface ChatRequest {
  readonly model: string
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[]
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly tool: string }
  readonly parallelToolCalls?: boolean
  readonly responseFormat?: ResponseFormat
  /** Most tokens that the answer may have, reasoning included where the provider counts it. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  /** How many answers to give; events then carry `choice`. */
  readonly candidates?: number
  /** How many alternatives per token to report log probabilities for; they arrive as `raw` events. */
  readonly logProbabilities?: number
  readonly reasoning?: { readonly effort?: string; readonly maxTokens?: number }
  /** Anything else that changes the answer, merged into the provider's request as it is; part of the cache key. */
  readonly providerOptions?: Readonly<Record<string, unknown>>
}

/** A request for embeddings, one for each input. */
export interface EmbedRequest {
  readonly model: string
  readonly input: readonly string[]
  readonly dimensions?: number
  readonly providerOptions?: Readonly<Record<string, unknown>>
}

/** The request of each operation. */
export interface Requests {
  readonly chat: ChatRequest
  readonly embed: EmbedRequest
}

const isStandard = (schema: Schema | undefined): boolean => schema !== undefined && '~standard' in schema

/**
 * The request with every Standard Schema object replaced by its JSON Schema, so that what the layers see, hash and send is
 * plain data. Returns the same object when there is nothing to replace.
 *
 * @throws {OptionError} when a schema cannot say its JSON Schema.
 */
export function plainRequest<R extends Requests[Operation]>(request: R): R {
  const { tools, responseFormat } = request as Partial<ChatRequest>
  const format = responseFormat?.type === 'json' ? responseFormat : undefined
  const toolSchemas = Array.isArray(tools) && tools.some((tool) => isStandard(tool.parameters))
  if (!toolSchemas && !isStandard(format?.schema)) return request
  return {
    ...request,
    ...(tools && { tools: tools.map((tool) => ({ ...tool, parameters: jsonSchemaOf(tool.parameters) })) }),
    ...(format?.schema && { responseFormat: { ...format, schema: jsonSchemaOf(format.schema) } }),
  }
}
