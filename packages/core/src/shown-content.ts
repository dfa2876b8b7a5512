import { lookedAt, plainPart } from './plain-data.ts'
import type { MediaSource, Message } from './request.ts'

/**
 * How much more is looked at than is written: redaction may shorten, and a secret that stands where the look ends must not be cut
 * into one that is not recognised and shown.
 */
const LOOK_FACTOR = 16
const LOOK_MORE = 65_536

const lookLength = (maxBytes: number): number => maxBytes * LOOK_FACTOR + LOOK_MORE

/** A text as it is looked at before it is redacted and cut to so many bytes. */
export const shownText = (text: string, maxBytes: number): string => lookedAt(text, lookLength(maxBytes))

/** Any value as it is looked at before it is redacted and cut to so many bytes: plain data of its own, and no more of it than that. */
export const shownData = (value: unknown, maxBytes: number): unknown => plainPart(value, lookLength(maxBytes)).data

/**
 * What a request says, made fit to be redacted and then cut to so many bytes: the newest items, as many as could be written at all, as
 * data of their own, with media told by their size.
 *
 * @example
 * shownItems(call.request.messages, 4096)
 */
export function shownItems(items: readonly (Message | string)[], maxBytes: number): unknown[] {
  const kept: unknown[] = []
  let left = lookLength(maxBytes)
  for (let index = items.length - 1; index >= 0 && left > 0; index--) {
    const { data, leftUnits } = plainPart(withoutMedia(items[index] as Message | string), left)
    left = leftUnits
    kept.unshift(data)
  }
  return kept
}

function withoutMedia(item: Message | string): unknown {
  if (typeof item === 'string' || typeof item.content === 'string') return item
  return { ...item, content: Array.isArray(item.content) ? item.content.map(shownPart) : item.content }
}

type Part = Exclude<Message['content'], string>[number]

function shownPart(part: Part): unknown {
  if (part.type === 'image') return { ...part, image: shownMedia(part.image) }
  return part.type === 'file' ? { ...part, file: shownMedia(part.file) } : part
}

function shownMedia(media: MediaSource): string {
  if ('bytes' in media) return `(${media.bytes.byteLength} bytes)`
  if ('base64' in media) return `(${Math.floor((media.base64.length * 3) / 4)} bytes)`
  if ('fileId' in media) return media.fileId
  return media.url.startsWith('data:')
    ? `${media.url.slice(0, media.url.indexOf(',') + 1)}(${media.url.length} characters)`
    : media.url
}
