import {
  type Completion,
  type Message,
  plainContent,
  type RecordedAnswer,
  type RecordedContent,
  type RecordedMessage,
  type Redactor,
  shownData,
  shownItems,
  shownText,
} from '@cepa/core'
import { Fit, fitted } from './fit.ts'

/** How content is made fit to leave. */
export interface CaptureRules {
  readonly redact: Redactor | undefined
  readonly scrub: (text: string) => string
  /** Most bytes of the request, and of the answer. */
  readonly maxBytes: number
  /** Told what was wrong with the redactor. */
  readonly failed: (error: unknown) => void
}

/** What was asked and answered. */
export interface Said {
  readonly operation: 'chat' | 'embed'
  readonly asked: readonly unknown[]
  readonly completion: Completion
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function refusePromise(value: unknown): void {
  const then = isObject(value) ? value.then : undefined
  if (typeof then !== 'function') return
  Promise.resolve(value).catch(() => undefined)
  throw new TypeError('the redactor returned a promise; it must be synchronous')
}

/** Redacts, then takes out what has the form of a secret, whatever the redactor let through. */
function redacted(content: unknown, part: 'request' | 'answer', { redact, scrub }: CaptureRules): unknown {
  const own = redact ? redact(content, part) : content
  refusePromise(own)
  return plainContent(own, scrub)
}

const isMessage = (value: unknown): value is RecordedMessage =>
  isObject(value) &&
  typeof value.role === 'string' &&
  (typeof value.content === 'string' || Array.isArray(value.content))

function listOf<T>(value: unknown, is: (each: unknown) => each is T, what: string): readonly T[] {
  if (Array.isArray(value) && value.every(is)) return value
  throw new TypeError(`the redactor gave no list of ${what} back`)
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** Less than this of a message says nothing. */
const LEAST_ITEM_BYTES = 32

/** The newest are kept whole as long as they fit: the last one is what the answer is about. */
function newest<T>(items: readonly T[], maxBytes: number): { readonly kept: readonly T[]; readonly cutBytes: number } {
  const kept: T[] = []
  const fit = new Fit(maxBytes)
  for (const item of items.toReversed()) {
    if (fit.leftBytes > LEAST_ITEM_BYTES) kept.unshift(fit.of(item) as T)
    else fit.drop(item)
  }
  return { kept, cutBytes: fit.cutBytes }
}

function requestPart({ operation, asked }: Said, rules: CaptureRules): RecordedContent {
  const plain = redacted(shownItems(asked as readonly (Message | string)[], rules.maxBytes), 'request', rules)
  if (plain === undefined) return {}
  if (operation === 'embed') {
    const { kept, cutBytes } = newest(listOf(plain, isText, 'texts'), rules.maxBytes)
    return { inputs: kept, cutBytes }
  }
  const { kept, cutBytes } = newest(listOf(plain, isMessage, 'messages'), rules.maxBytes)
  return { messages: kept, cutBytes }
}

type Choice = Pick<Completion, 'text' | 'reasoning' | 'toolCalls'>

/** What one candidate said, as much of it as is looked at; nothing where it said nothing. */
function shownAnswer({ text, reasoning, toolCalls }: Choice, maxBytes: number): RecordedAnswer | undefined {
  const calls = toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }))
  const answer = {
    ...(text !== '' && { text: shownText(text, maxBytes) }),
    ...(reasoning !== '' && { reasoning: shownText(reasoning, maxBytes) }),
    ...(calls.length > 0 && { toolCalls: shownData(calls, maxBytes) as RecordedAnswer['toolCalls'] & object }),
  }
  return Object.keys(answer).length === 0 ? undefined : answer
}

function answerPart({ completion }: Said, rules: CaptureRules): RecordedContent {
  const { maxBytes } = rules
  const shown = (completion.choices ?? [completion]).map((choice) => shownAnswer(choice, maxBytes) ?? {})
  if (shown.every((answer) => Object.keys(answer).length === 0)) return {}
  const plain = shown.map((answer) => redacted(answer, 'answer', rules)).map((each) => answerAgain(each))
  const { value, cutBytes } = fitted(plain, maxBytes)
  return { answers: value, cutBytes }
}

/** What a redactor made of an answer: the same form, a text, or nothing. */
function answerAgain(value: unknown): RecordedAnswer {
  if (value === undefined) return {}
  if (typeof value === 'string') return { text: value }
  if (!isObject(value)) throw new TypeError('the redactor gave no answer back')
  const { text, reasoning, toolCalls } = value
  return {
    ...(typeof text === 'string' && { text }),
    ...(typeof reasoning === 'string' && { reasoning }),
    ...(Array.isArray(toolCalls) && { toolCalls }),
  }
}

/** What is captured of a call's content: redacted, scrubbed, cut. Fails closed: a part that the redactor fails on is withheld. */
export function capturedContent(
  said: Said,
  parts: readonly ('request' | 'answer')[],
  rules: CaptureRules,
): RecordedContent {
  const made: RecordedContent[] = []
  const withheld: ('request' | 'answer')[] = []
  for (const part of parts) {
    try {
      made.push(part === 'request' ? requestPart(said, rules) : answerPart(said, rules))
    } catch (error) {
      withheld.push(part)
      rules.failed(error)
    }
  }
  const cutBytes = made.reduce((sum, part) => sum + (part.cutBytes ?? 0), 0)
  const { cutBytes: _, ...content }: RecordedContent = Object.assign({}, ...made)
  return { ...content, ...(cutBytes > 0 && { cutBytes }), ...(withheld.length > 0 && { withheld }) }
}
