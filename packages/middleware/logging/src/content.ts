import {
  type Call,
  type Completion,
  type ContentPart,
  type MediaSource,
  type Message,
  plainData,
  type Redactor,
  scrubSecrets,
} from '@cepa/core'
import { cutToBytes } from './cut.ts'

/** How content is made fit to be written. */
export interface ContentRules {
  readonly redact: Redactor | undefined
  readonly maxBytes: number
  /** Told what was wrong with the redactor. */
  readonly failed: (error: unknown) => void
}

/** What is written where the redactor failed. */
export const WITHHELD = '(withheld: the redactor failed)'

/**
 * How much more is looked at than is written: redaction may shorten, and a secret that stands where the look ends must not be cut
 * into one that is not recognised and shown.
 */
const LOOK_FACTOR = 16
const LOOK_MORE = 65_536

/** A request's content as one text: messages, newest kept where there is too much; or what is to be embedded. */
export function requestContent(call: Call, rules: ContentRules): string | undefined {
  const all = call.operation === 'chat' ? call.request.messages : call.request.input
  return written(latest(all, rules.maxBytes), 'request', rules)
}

/** An answer's content as one text: the bare text where there is nothing else. Nothing where nothing came. */
export function answerContent({ text, reasoning, toolCalls }: Completion, rules: ContentRules): string | undefined {
  const parts = {
    ...(text !== '' && { text: looked(text, rules.maxBytes) }),
    ...(reasoning !== '' && { reasoning: looked(reasoning, rules.maxBytes) }),
    ...(toolCalls.length > 0 && { toolCalls }),
  }
  const names = Object.keys(parts)
  if (names.length === 0) return undefined
  return written(names.length === 1 && parts.text !== undefined ? parts.text : parts, 'answer', rules)
}

/** Redacts, and fails closed; then takes keys out, whatever the redactor let through; then cuts. */
function written(content: unknown, part: ContentPart, { redact, maxBytes, failed }: ContentRules): string | undefined {
  try {
    const plain = plainData(content)
    const redacted = redact ? redact(plain, part) : plain
    if (isPromise(redacted)) throw new TypeError('the redactor returned a promise; it must be synchronous')
    const clean = plainData(redacted, scrubSecrets)
    return clean === undefined ? undefined : cutContent(clean, maxBytes)
  } catch (error) {
    failed(error)
    return WITHHELD
  }
}

function isPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || typeof (value as { then?: unknown }).then !== 'function')
    return false
  Promise.resolve(value).catch(() => undefined)
  return true
}

/** The newest messages are kept whole as long as they fit: the last one is what the answer is about. */
function cutContent(content: unknown, maxBytes: number): string {
  if (typeof content === 'string') return cutToBytes(content, maxBytes)
  if (!Array.isArray(content)) return cutToBytes(JSON.stringify(content), maxBytes)
  const whole = JSON.stringify(content)
  if (cutToBytes(whole, maxBytes) === whole) return whole
  for (let dropped = 1; dropped < content.length; dropped++) {
    const rest = `(${dropped} earlier) ${JSON.stringify(content.slice(dropped))}`
    if (cutToBytes(rest, maxBytes) === rest) return rest
  }
  const earlier = content.length > 1 ? `(${content.length - 1} earlier) ` : ''
  return cutToBytes(`${earlier}${JSON.stringify(content.slice(-1))}`, maxBytes)
}

const lookLength = (maxBytes: number): number => maxBytes * LOOK_FACTOR + LOOK_MORE

const looked = (text: string, maxBytes: number): string => text.slice(0, lookLength(maxBytes))

/** The newest items, as many as could be written at all, with media told by their size. */
function latest(items: readonly (Message | string)[], maxBytes: number): unknown[] {
  const kept: unknown[] = []
  let left = lookLength(maxBytes)
  for (let index = items.length - 1; index >= 0 && left > 0; index--) {
    const item = shownItem(items[index] as Message | string, maxBytes)
    left -= JSON.stringify(item)?.length ?? 0
    kept.unshift(item)
  }
  return kept
}

function shownItem(item: Message | string, maxBytes: number): unknown {
  if (typeof item === 'string') return looked(item, maxBytes)
  const { role, content } = item
  if (typeof content === 'string') return { role, content: looked(content, maxBytes) }
  return { role, content: plainData(content.map((part) => shownPart(part, maxBytes))) }
}

type Part = Exclude<Message['content'], string>[number]

function shownPart(part: Part, maxBytes: number): unknown {
  if (part.type === 'text' || part.type === 'reasoning') return { ...part, text: looked(part.text, maxBytes) }
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
