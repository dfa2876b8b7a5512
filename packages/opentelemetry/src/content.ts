import {
  type Call,
  type Choice,
  type Completion,
  type ContentPart,
  plainContent,
  type Redactor,
  shownData,
  shownItems,
  shownText,
} from '@cepa/core'
import {
  finishReasonOf,
  type InputMessage,
  inputMessageOf,
  type MessagePart,
  type OutputMessage,
  outputMessageOf,
  type Said,
  takesInstructionsApart,
} from '@cepa/core/semantic-conventions'
import { fitMessages } from './fit-messages.ts'

/** How content is made fit to be written. */
export interface ContentRules {
  readonly redact: Redactor | undefined
  /** Takes secrets out, whatever the redactor let through. */
  readonly scrub: (text: string) => string
  /** Most bytes of each of the attributes, as JSON. */
  readonly maxBytes: number
}

/** Content in the conventions' form, as far as it could be made fit. */
export interface Content {
  readonly instructions?: readonly MessagePart[]
  readonly input?: readonly InputMessage[]
  readonly output?: readonly OutputMessage[]
  /** Tools that were offered, by name alone. */
  readonly tools?: readonly { readonly type: 'function'; readonly name: string }[]
  readonly stopSequences?: readonly string[]
  /** Whether something was left out because there was too much. */
  readonly cut: boolean
  /** Parts that are not shown because the redactor failed on them. */
  readonly withheld: readonly ContentPart[]
  /** What was wrong with the redactor. */
  readonly problem?: Error
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Redacts, then scrubs. @throws where the redactor does, or gives a promise. */
function redacted(content: unknown, part: ContentPart, { redact, scrub }: ContentRules): unknown {
  const own = redact ? redact(content, part) : content
  if (isObject(own) && typeof own.then === 'function') {
    Promise.resolve(own).catch(() => undefined)
    throw new TypeError('the redactor returned a promise; it must be synchronous')
  }
  return plainContent(own, scrub)
}

interface PlainMessage {
  readonly role: string
  readonly content: unknown
}

const isMessage = (value: unknown): value is PlainMessage => isObject(value) && typeof value.role === 'string'

/** How many instructions at the beginning a provider is sent apart from the messages. */
function instructionsIn(messages: readonly PlainMessage[], provider: string): number {
  if (!takesInstructionsApart(provider)) return 0
  const first = messages.findIndex(({ role }) => role !== 'system')
  return first === -1 ? messages.length : first
}

function requestContent(call: Call & { operation: 'chat' }, rules: ContentRules): Partial<Content> {
  const { messages, tools, stop } = call.request
  const plain = redacted(shownItems(messages, rules.maxBytes), 'request', rules)
  if (plain === undefined) return {}
  if (!Array.isArray(plain) || !plain.every(isMessage))
    throw new TypeError('the redactor gave no list of messages back')
  const apart = instructionsIn(plain, call.provider)
  const instructions = fitMessages(plain.slice(0, apart).map(inputMessageOf), rules.maxBytes)
  const input = fitMessages(plain.slice(apart).map(inputMessageOf), rules.maxBytes)
  // a redactor knows messages; what it cannot see is not shown
  const sequences = rules.redact ? undefined : stop?.map((sequence) => rules.scrub(shownText(sequence, rules.maxBytes)))
  return {
    ...(apart > 0 && { instructions: instructions.messages.flatMap(({ parts }) => parts) }),
    input: input.messages,
    ...(tools?.length && { tools: tools.map(({ name }) => ({ type: 'function', name: rules.scrub(name) })) }),
    ...(sequences && { stopSequences: sequences }),
    cut: instructions.cut || input.cut,
  }
}

/** What one candidate said, as much of it as is looked at; nothing where it said nothing. */
function shownAnswer({ text, reasoning, toolCalls }: Choice, maxBytes: number): Said | undefined {
  const calls = toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }))
  const said = {
    ...(text !== '' && { text: shownText(text, maxBytes) }),
    ...(reasoning !== '' && { reasoning: shownText(reasoning, maxBytes) }),
    ...(calls.length > 0 && { toolCalls: shownData(calls, maxBytes) }),
  }
  return Object.keys(said).length === 0 ? undefined : said
}

function saidAgain(value: unknown): Said {
  if (value === undefined) return {}
  if (typeof value === 'string') return { text: value }
  if (isObject(value)) return value
  throw new TypeError('the redactor gave no answer back')
}

function answerContent(completion: Completion, rules: ContentRules): Partial<Content> {
  const choices: readonly Choice[] = completion.choices ?? [completion]
  const shown = choices.map((choice) => shownAnswer(choice, rules.maxBytes))
  if (shown.every((said) => said === undefined)) return {}
  const output = shown.map((said, index) => {
    const clean = said === undefined ? {} : saidAgain(redacted(said, 'answer', rules))
    return outputMessageOf(clean, finishReasonOf(choices[index]?.finish))
  })
  const { messages, cut } = fitMessages(output, rules.maxBytes)
  return { output: messages, cut }
}

/**
 * What a chat asked and what it was answered, as far as that came: redacted, scrubbed, cut. Fails closed: a part that the redactor fails
 * on is withheld.
 */
export function contentOf(call: Call & { operation: 'chat' }, completion: Completion, rules: ContentRules): Content {
  const withheld: ContentPart[] = []
  let problem: Error | undefined
  const made = (part: ContentPart, make: () => Partial<Content>): Partial<Content> => {
    try {
      return make()
    } catch (thrown) {
      withheld.push(part)
      problem ??= thrown instanceof Error ? thrown : new Error(String(thrown))
      return {}
    }
  }
  const request = made('request', () => requestContent(call, rules))
  const answer = made('answer', () => answerContent(completion, rules))
  return {
    ...request,
    ...answer,
    cut: (request.cut ?? false) || (answer.cut ?? false),
    withheld,
    ...(problem && { problem }),
  }
}
