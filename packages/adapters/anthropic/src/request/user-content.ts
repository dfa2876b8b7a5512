import type { FilePart, ImagePart, MediaSource, UserMessage } from '@cepa/core'
import { base64Of, bytesOf } from '@cepa/transport'
import { type Block, blockWith, type Place, textBlock, unsupported } from './content-block.ts'

/**
 * What the user says and shows.
 *
 * @throws {OptionError} for a part that the Messages API cannot carry.
 */
export function userContent({ content }: UserMessage, place: Place): string | readonly Block[] {
  if (typeof content === 'string') return content
  return content.map((part, index) => {
    if (part.type === 'text') return textBlock(part)
    if (part.providerOptions?.type !== undefined) return part.providerOptions
    const at = { ...place, field: `${place.field}.content[${index}]` }
    return part.type === 'image' ? imageBlock(part, at) : fileBlock(part, at)
  })
}

/** An image. How closely it is looked at (`detail`) is not asked here. */
function imageBlock({ image, mediaType, providerOptions }: ImagePart, place: Place): Block {
  return blockWith({ type: 'image', source: sourceOf(image, mediaType, place) }, providerOptions)
}

/** A document: a PDF, or text. */
function fileBlock({ file, mediaType, name, providerOptions }: FilePart, place: Place): Block {
  if (mediaType.startsWith('image/')) {
    return imageBlock({ type: 'image', image: file, mediaType, ...(providerOptions && { providerOptions }) }, place)
  }
  const source = isText(mediaType) && isInline(file) ? textSource(file, place) : documentSource(file, mediaType, place)
  return blockWith({ type: 'document', source, ...(name !== undefined && { title: name }) }, providerOptions)
}

const PDF = 'application/pdf'

function documentSource(file: MediaSource, mediaType: string, place: Place): Block {
  if (!('fileId' in file) && mediaType !== PDF) {
    const what = 'url' in file ? `a url of ${mediaType}` : `a file of ${mediaType}`
    throw unsupported(place, what, 'give a PDF, plain text, an image, or the fileId of a file that was uploaded')
  }
  return sourceOf(file, mediaType, place)
}

type InlineSource = Exclude<MediaSource, { url: string } | { fileId: string }>

const isInline = (source: MediaSource): source is InlineSource => !('url' in source) && !('fileId' in source)

const isText = (mediaType: string): boolean => /^text\/|^application\/(?:[\w.-]+\+)?(?:json|xml|yaml)\b/.test(mediaType)

/** Text files are sent as text: the API knows no other media type than `text/plain` for them. */
function textSource(source: InlineSource, place: Place): Block {
  return { type: 'text', media_type: 'text/plain', data: utf8Of(source, place) }
}

interface TextDecoding {
  decode(bytes: Uint8Array): string
}

function utf8Of(source: InlineSource, place: Place): string {
  const { TextDecoder } = globalThis as unknown as {
    TextDecoder: new (encoding: string, options: { fatal: true }) => TextDecoding
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode('bytes' in source ? source.bytes : bytesOf(source.base64))
  } catch {
    throw unsupported(place, 'a text file that is no UTF-8', 'encode it as UTF-8, or upload it and give its fileId')
  }
}

function sourceOf(source: MediaSource, mediaType: string | undefined, place: Place): Block {
  if ('fileId' in source) return { type: 'file', file_id: source.fileId }
  if ('url' in source) return { type: 'url', url: source.url }
  if (mediaType === undefined)
    throw unsupported(place, 'an image without mediaType', 'name its mediaType, for example image/png')
  return {
    type: 'base64',
    media_type: mediaType,
    data: 'bytes' in source ? base64Of(source.bytes) : source.base64,
  }
}
