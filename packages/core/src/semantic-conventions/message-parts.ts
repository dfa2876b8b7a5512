/** One part of a message, in the conventions' form; further fields are allowed. */
export interface MessagePart {
  readonly type: string
  readonly [field: string]: unknown
}

/** One message that was sent. */
export interface InputMessage {
  readonly role: string
  readonly parts: readonly MessagePart[]
}

/** One candidate's answer. */
export interface OutputMessage extends InputMessage {
  readonly finish_reason: string
}

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** What kind of thing a media type is. */
function modalityOf(mediaType: unknown): string {
  const [kind = ''] = textOf(mediaType ?? '').split('/')
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}

/** Bytes are told by their size: they are never written. */
function mediaPart(source: string, { type, mediaType }: Fields): MessagePart {
  const modality = type === 'image' ? 'image' : modalityOf(mediaType)
  const media = { modality, ...(typeof mediaType === 'string' && { mime_type: mediaType }) }
  if (/^\(\d+ bytes\)$/.test(source) || source.startsWith('data:')) {
    return { type: 'blob', ...media, content: '', size: source }
  }
  return /^[a-z][a-z\d+.-]*:/i.test(source)
    ? { type: 'uri', ...media, uri: source }
    : { type: 'file', ...media, file_id: source }
}

/** A part of a message of the core's, after redaction, in the conventions' form. */
function partOf(part: unknown): MessagePart {
  if (!isObject(part)) return { type: 'text', content: textOf(part) }
  const { type, id, name } = part
  const identity = { ...(typeof id === 'string' && { id }) }
  switch (type) {
    case 'text':
      return { type, content: textOf(part.text) }
    case 'reasoning':
      return { type, content: textOf(part.text) }
    case 'image':
    case 'file':
      return mediaPart(textOf(part[type]), part)
    case 'tool-call':
      return { type: 'tool_call', ...identity, name: textOf(name), arguments: part.arguments }
    case 'tool-result':
      return { type: 'tool_call_response', ...identity, response: part.result ?? null }
    default:
      return { ...part, type: textOf(type) }
  }
}

const partsOf = (content: unknown): readonly MessagePart[] =>
  Array.isArray(content) ? content.map(partOf) : [{ type: 'text', content: textOf(content) }]

/**
 * A message of the core's, after redaction, in the conventions' form.
 *
 * @example
 * inputMessageOf({ role: 'user', content: 'Hi' }) // → { role: 'user', parts: [{ type: 'text', content: 'Hi' }] }
 */
export const inputMessageOf = ({
  role,
  content,
}: {
  readonly role: string
  readonly content: unknown
}): InputMessage => ({
  role,
  parts: partsOf(content),
})

/** What one candidate said, after redaction. */
export interface Said {
  readonly text?: unknown
  readonly reasoning?: unknown
  readonly toolCalls?: unknown
}

/**
 * The same in the conventions' form: what was thought, what was said, which tools were asked for.
 *
 * @example
 * outputMessageOf({ text: 'Hello' }, 'stop') // → { role: 'assistant', parts: […], finish_reason: 'stop' }
 */
export function outputMessageOf({ text, reasoning, toolCalls }: Said, finishReason: string): OutputMessage {
  const calls = Array.isArray(toolCalls) ? toolCalls.filter(isObject) : []
  return {
    role: 'assistant',
    parts: [
      ...(typeof reasoning === 'string' ? [{ type: 'reasoning', content: reasoning }] : []),
      ...(typeof text === 'string' ? [{ type: 'text', content: text }] : []),
      ...calls.map((call) => partOf({ ...call, type: 'tool-call' })),
    ],
    finish_reason: finishReason,
  }
}
