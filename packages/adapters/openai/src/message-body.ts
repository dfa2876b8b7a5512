import {
  type AssistantMessage,
  type FilePart,
  type ImagePart,
  type MediaSource,
  type Message,
  OptionError,
  type TextPart,
  type ToolMessage,
  type UserMessage,
} from '@cepa/core'
import { base64Of } from '@cepa/transport'

/** A message in the provider's form. */
export type MessageBody = Readonly<Record<string, unknown>>

/** Where in the request something stands, for errors. */
interface Place {
  readonly provider: string
  readonly field: string
}

/**
 * A message in the provider's form; a message of tools becomes one for each result.
 *
 * @throws {OptionError} for content that Chat Completions cannot carry.
 */
export function messageBodies(message: Message, place: Place): readonly MessageBody[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: textContent(message.content) }]
    case 'user':
      return [{ role: 'user', content: userContent(message, place) }]
    case 'assistant':
      return [assistantBody(message, place)]
    case 'tool':
      return toolBodies(message)
  }
}

const textContent = (content: string | readonly TextPart[]): unknown =>
  typeof content === 'string' ? content : content.map(textPart)

const textPart = ({ text, providerOptions }: TextPart): MessageBody => ({ type: 'text', text, ...providerOptions })

function userContent({ content }: UserMessage, place: Place): unknown {
  if (typeof content === 'string') return content
  return content.map((part, index) => {
    const at = { ...place, field: `${place.field}.content[${index}]` }
    if (part.type === 'text') return textPart(part)
    return part.type === 'image' ? imagePart(part, at) : filePart(part, at)
  })
}

function imagePart({ image, mediaType, detail, providerOptions }: ImagePart, place: Place): MessageBody {
  if ('fileId' in image) throw unsupported(place, 'image.fileId', 'give the image as bytes, base64 or url')
  if (!('url' in image) && mediaType === undefined)
    throw unsupported(place, 'an image without mediaType', 'name its mediaType, for example image/png')
  const url = 'url' in image ? image.url : dataUrl(image, mediaType as string)
  return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) }, ...providerOptions }
}

/** Names of audio types that the provider calls differently. */
const AUDIO_FORMATS: Readonly<Record<string, string>> = { mpeg: 'mp3', 'x-wav': 'wav', wave: 'wav', 'vnd.wave': 'wav' }

function filePart(part: FilePart, place: Place): MessageBody {
  const { file, mediaType, name, providerOptions } = part
  const [kind, subtype = ''] = mediaType.split('/') as [string, string?]
  if (kind === 'image' && !('fileId' in file)) {
    return imagePart({ type: 'image', image: file, mediaType, ...(providerOptions && { providerOptions }) }, place)
  }
  if ('fileId' in file) return { type: 'file', file: { file_id: file.fileId }, ...providerOptions }
  if ('url' in file) throw unsupported(place, `a url of ${mediaType}`, 'give the file as bytes, base64 or fileId')
  if (kind === 'audio') {
    const format = AUDIO_FORMATS[subtype] ?? subtype
    return { type: 'input_audio', input_audio: { data: base64(file), format }, ...providerOptions }
  }
  const filename = name ?? `file.${/^[\w-]+$/.test(subtype) ? subtype : 'bin'}`
  return { type: 'file', file: { filename, file_data: dataUrl(file, mediaType) }, ...providerOptions }
}

type InlineSource = Exclude<MediaSource, { url: string } | { fileId: string }>

const base64 = (source: InlineSource): string => ('bytes' in source ? base64Of(source.bytes) : source.base64)

const dataUrl = (source: InlineSource, mediaType: string): string => `data:${mediaType};base64,${base64(source)}`

/** Reasoning of earlier turns is not sent, Chat Completions takes none; its `providerOptions` are, for servers that do. */
function assistantBody({ content }: AssistantMessage, place: Place): MessageBody {
  if (typeof content === 'string') return { role: 'assistant', content }
  const texts: TextPart[] = []
  const calls: MessageBody[] = []
  const more: Record<string, unknown> = {}
  for (const [index, part] of content.entries()) {
    if (part.type === 'text') texts.push(part)
    else if (part.type === 'tool-call') calls.push(toolCallBody(part))
    else if (part.type === 'reasoning') Object.assign(more, part.providerOptions)
    else Object.assign(more, answeredFile(part, { ...place, field: `${place.field}.content[${index}]` }))
  }
  const plain = texts.every((part) => part.providerOptions === undefined)
  return {
    role: 'assistant',
    ...(texts.length > 0 && { content: plain ? texts.map((part) => part.text).join('') : texts.map(textPart) }),
    ...(texts.length === 0 && calls.length === 0 && more.audio === undefined && { content: '' }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...more,
  }
}

function toolCallBody(call: { id: string; name: string; arguments: unknown; providerOptions?: object }): MessageBody {
  // arguments that were no JSON have no value; an empty object keeps the conversation valid
  const text = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {})
  return { id: call.id, type: 'function', function: { name: call.name, arguments: text }, ...call.providerOptions }
}

/** Of its own answers the provider takes back audio, by its id. */
function answeredFile({ file, mediaType, providerOptions }: FilePart, place: Place): MessageBody {
  if ('fileId' in file && mediaType.startsWith('audio/')) return { audio: { id: file.fileId }, ...providerOptions }
  throw unsupported(
    place,
    `a file of ${mediaType} in an assistant message`,
    'leave it out; only audio of an earlier answer can be sent back, by fileId',
  )
}

const toolBodies = ({ content }: ToolMessage): readonly MessageBody[] =>
  content.map(({ id, result, providerOptions }) => ({
    role: 'tool',
    tool_call_id: id,
    content: typeof result === 'string' ? result : (JSON.stringify(result) ?? ''),
    ...providerOptions,
  }))

const unsupported = ({ provider, field }: Place, value: string, remedy: string): OptionError =>
  new OptionError({ owner: provider, field, value: `${value}, which Chat Completions does not take`, remedy })
