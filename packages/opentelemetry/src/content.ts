import {
  type Call,
  type Choice,
  type Completion,
  type ContentPart,
  plainContent,
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
import type { Redaction } from './redaction.ts'

/** How content is made fit to be written. */
export interface ContentRules {
  readonly redaction: Pick<Redaction, 'content' | 'scrub' | 'fields'>
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

/** Redacts, then scrubs. Fields are blanked after it: it may make some. @throws where the redactor does, or gives a promise. */
function redacted(content: unknown, part: ContentPart, { redaction }: ContentRules): unknown {
  const own = redaction.content ? redaction.content(content, part) : content
  if (isObject(own) && typeof own.then === 'function') {
    Promise.resolve(own).catch(() => undefined)
    throw new TypeError('the redactor returned a promise; it must be synchronous')
  }
  return plainContent(own, redaction.scrub)
}

type ChatCall = Call & { readonly operation: 'chat' }

/** Content as it stands in a record, so that paths find it; what they blank may be gone. */
interface Blanked {
  readonly content: { readonly messages?: readonly PlainMessage[]; readonly answers?: readonly Said[] }
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

/** The messages of a chat, as far as they may be seen; nothing where the redactor shows nothing. */
function shownMessages(call: ChatCall, rules: ContentRules): readonly PlainMessage[] | undefined {
  const plain = redacted(shownItems(call.request.messages, rules.maxBytes), 'request', rules)
  if (plain === undefined) return undefined
  if (!Array.isArray(plain) || !plain.every(isMessage))
    throw new TypeError('the redactor gave no list of messages back')
  return rules.redaction.fields<Blanked>({ content: { messages: plain } }).content.messages ?? []
}

/** The names of the tools that are offered, and what the answer is to stop at. */
function shownParameters({ request }: ChatCall, { redaction, maxBytes }: ContentRules): Partial<Content> {
  const { content, scrub, fields } = redaction
  const offered = request.tools?.map(({ name }) => scrub(name)) ?? []
  const { tools = [] } = fields<{ parameters: { tools?: readonly string[] } }>({
    parameters: { tools: offered },
  }).parameters
  // a redactor knows messages; what it cannot see is not shown
  const stop = content ? undefined : request.stop?.map((sequence) => scrub(shownText(sequence, maxBytes)))
  return {
    ...(tools.length > 0 && { tools: tools.map((name) => ({ type: 'function', name })) }),
    ...(stop && { stopSequences: stop }),
  }
}

function requestContent(call: ChatCall, rules: ContentRules): Partial<Content> {
  const messages = shownMessages(call, rules)
  if (messages === undefined) return {}
  const apart = instructionsIn(messages, call.provider)
  const instructions = fitMessages(messages.slice(0, apart).map(inputMessageOf), rules.maxBytes)
  const input = fitMessages(messages.slice(apart).map(inputMessageOf), rules.maxBytes)
  return {
    ...(apart > 0 && { instructions: instructions.messages.flatMap(({ parts }) => parts) }),
    input: input.messages,
    ...shownParameters(call, rules),
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
  const clean = shown.map((said) => (said === undefined ? {} : saidAgain(redacted(said, 'answer', rules))))
  const { answers = [] } = rules.redaction.fields<Blanked>({ content: { answers: clean } }).content
  const output = answers.map((said, index) => outputMessageOf(said, finishReasonOf(choices[index]?.finish)))
  const { messages, cut } = fitMessages(output, rules.maxBytes)
  return { output: messages, cut }
}

/**
 * What a chat asked and what it was answered, as far as that came: redacted, scrubbed, cut. Fails closed: a part that the redactor fails
 * on is withheld.
 */
export function contentOf(call: ChatCall, completion: Completion, rules: ContentRules): Content {
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
