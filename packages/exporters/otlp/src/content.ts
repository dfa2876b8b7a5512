import type { CallRecord, RecordedAnswer, RecordedMessage } from '@cepa/core'
import {
  type Attributes,
  finishReasonOf,
  inputMessageOf,
  type Names,
  OWN_NAMES,
  outputMessageOf,
  takesInstructionsApart,
} from '@cepa/core/semantic-conventions'

/** A value of a log record's attribute: structured where it needs to be. */
export type Structured =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Structured[]
  | { readonly [field: string]: Structured }

/** Content by the names of the conventions, as it is. */
export type ContentAttributes = Readonly<Record<string, Structured>>

/** How many messages at the beginning are sent to the provider apart from the others. */
function instructionsIn(messages: readonly RecordedMessage[], provider: string): number {
  if (!takesInstructionsApart(provider)) return 0
  const first = messages.findIndex(({ role }) => role !== 'system')
  return first === -1 ? messages.length : first
}

function requestContent(record: CallRecord, messages: readonly RecordedMessage[], names: Names): object {
  const apart = instructionsIn(messages, record.provider)
  const instructions = messages.slice(0, apart).flatMap((message) => inputMessageOf(message).parts)
  return {
    ...(apart > 0 && { [names.systemInstructions]: instructions }),
    ...(messages.length > apart && { [names.inputMessages]: messages.slice(apart).map(inputMessageOf) }),
  }
}

function answerContent(record: CallRecord, answers: readonly RecordedAnswer[], names: Names): object {
  const finishes = record.choices ?? [record]
  return {
    [names.outputMessages]: answers.map((answer, index) =>
      outputMessageOf(answer, finishReasonOf(finishes[index]?.finish)),
    ),
  }
}

/**
 * What telemetry captured of a chat's content, in the form and by the names of the conventions. Nothing where nothing was captured; those
 * of embeddings have no content.
 */
export function contentAttributes(record: CallRecord, names: Names): ContentAttributes {
  const { content, operation } = record
  if (content === undefined || operation !== 'chat') return {}
  const { messages, answers, cutBytes, withheld } = content
  return {
    ...(messages && requestContent(record, messages, names)),
    ...(answers && answerContent(record, answers, names)),
    ...(cutBytes !== undefined && { [OWN_NAMES.contentCut]: true }),
    ...(withheld && { [OWN_NAMES.contentWithheld]: withheld }),
  } as ContentAttributes
}

/** The same for spans, where what is structured is written as JSON: not every backend takes more there. */
export function asSpanAttributes(content: ContentAttributes): Attributes {
  const attributes: Attributes = {}
  for (const [name, value] of Object.entries(content)) {
    if (typeof value === 'boolean' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))) {
      attributes[name] = value as boolean | string[]
    } else attributes[name] = JSON.stringify(value)
  }
  return attributes
}
