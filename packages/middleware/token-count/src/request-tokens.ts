import { type ChatRequest, type EmbedRequest, jsonSchemaOf, type Message, type Tool } from '@cepa/core'
import { kindOfMedia, type MediaPart, mediaPartsOf } from './media.ts'
import { textOfFile } from './text-file.ts'

/** Counts the tokens of one text. */
export type Count = (text: string) => number

/** What a message costs beside its content, and what the reply is begun with. */
const TOKENS_PER_MESSAGE = 3
const TOKENS_OF_REPLY_START = 3

/** What an image costs at `detail: 'low'`, whatever its size. */
const LOW_DETAIL_TOKENS = 85

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

type Part = Exclude<Message['content'], string>[number]

/** The texts of a part that a model reads; an image or file has none here. */
function textsOfPart(part: Part): readonly string[] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return [part.text]
    case 'tool-call':
      return [part.name, textOf(part.arguments)]
    case 'tool-result':
      return [textOf(part.result)]
    default:
      return []
  }
}

const textsOfMessage = ({ content }: Message): readonly string[] =>
  typeof content === 'string' ? [content] : (content as readonly Part[]).flatMap(textsOfPart)

const textsOfTool = ({ name, description, parameters }: Tool): readonly string[] => [
  name,
  description ?? '',
  textOf(jsonSchemaOf(parameters)),
]

/** Tokens of an image or file; `undefined` where nothing sensible can be said without opening it. */
function tokensOfMedia(part: MediaPart, count: Count, imageTokens: number): number | undefined {
  if (part.type === 'image') return part.detail === 'low' ? Math.min(LOW_DETAIL_TOKENS, imageTokens) : imageTokens
  if (kindOfMedia(part.mediaType) === 'image') return imageTokens
  const text = textOfFile(part)
  return text && Math.round(count(text.sample) * text.scale)
}

/**
 * About how many input tokens a request is: its texts, tool definitions and schema as JSON, a fixed number for each image, and what the
 * chat format adds. `undefined` where a file cannot be estimated: audio, video, PDF, or text that only the provider has.
 *
 * @see https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken for the tokens per message
 */
export function requestTokens(
  request: ChatRequest | EmbedRequest,
  count: Count,
  imageTokens: number,
): number | undefined {
  if (!('messages' in request)) return sumOf(request.input.map(count))
  const { messages, tools = [], responseFormat } = request
  const schema = responseFormat?.type === 'json' ? responseFormat.schema : undefined
  const texts = [
    ...messages.flatMap(textsOfMessage),
    ...tools.flatMap(textsOfTool),
    ...(schema ? [textOf(jsonSchemaOf(schema))] : []),
  ]
  const media = mediaPartsOf(request).map((part) => tokensOfMedia(part, count, imageTokens))
  if (media.includes(undefined)) return undefined
  const tokens = sumOf([...texts.filter((text) => text !== '').map(count), ...(media as number[])])
  return tokens + messages.length * TOKENS_PER_MESSAGE + TOKENS_OF_REPLY_START
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)
