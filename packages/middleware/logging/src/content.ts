import {
  type Call,
  type Completion,
  type ContentPart,
  cutToBytes,
  plainContent,
  plainData,
  type Redactor,
  shownData,
  shownItems,
  shownText,
} from '@cepa/core'

/** How content is made fit to be written. */
export interface ContentRules {
  readonly redact: Redactor | undefined
  /** Takes secrets out, whatever the redactor let through. */
  readonly scrub: (text: string) => string
  readonly maxBytes: number
  /** Told what was wrong with the redactor. */
  readonly failed: (error: unknown) => void
}

/** What is written where the redactor failed. */
export const WITHHELD = '(withheld: the redactor failed)'

/** A request's content as one text: messages, newest kept where there is too much; or what is to be embedded. */
export function requestContent(call: Call, rules: ContentRules): string | undefined {
  const all = call.operation === 'chat' ? call.request.messages : call.request.input
  return written(shownItems(all, rules.maxBytes), 'request', rules)
}

/** An answer's content as one text: the bare text where there is nothing else. Nothing where nothing came. */
export function answerContent({ text, reasoning, toolCalls }: Completion, rules: ContentRules): string | undefined {
  const parts = {
    ...(text !== '' && { text: shownText(text, rules.maxBytes) }),
    ...(reasoning !== '' && { reasoning: shownText(reasoning, rules.maxBytes) }),
    ...(toolCalls.length > 0 && { toolCalls: shownData(toolCalls, rules.maxBytes) }),
  }
  const names = Object.keys(parts)
  if (names.length === 0) return undefined
  return written(names.length === 1 && parts.text !== undefined ? parts.text : parts, 'answer', rules)
}

/** Redacts, and fails closed; then takes secrets out, whatever the redactor let through; then cuts. */
function written(content: unknown, part: ContentPart, rules: ContentRules): string | undefined {
  const { redact, scrub, maxBytes, failed } = rules
  try {
    const plain = plainData(content)
    const redacted = redact ? redact(plain, part) : plain
    if (isPromise(redacted)) throw new TypeError('the redactor returned a promise; it must be synchronous')
    const clean = plainContent(redacted, scrub)
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
