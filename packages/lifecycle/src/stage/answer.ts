import type { Answer, Step } from '@cepa/testing'
import type { Via } from '../matrix/column.ts'
import type { Gates } from './gates.ts'

/** What the provider of every scenario says, in pieces; a layer of the stack turns it into capitals on its way out. */
export const PIECES: readonly string[] = ['one ', 'two ', 'three ', 'four ']

/** What the provider says it used: after the first piece, and with its finish. */
export const RUNNING_USAGE = { inputTokens: 3, outputTokens: 1 } as const
export const FINAL_USAGE = { inputTokens: 3, outputTokens: 4 } as const

/** The first pieces of the answer as one text. */
export const textOfPieces = (count: number): string => PIECES.slice(0, count).join('')

/** Running usage as servers tell it that tell it at all: in a chunk of its own. A script has no words for this over HTTP. */
const USAGE_CHUNK: Step = {
  raw: {
    choices: [],
    usage: { prompt_tokens: RUNNING_USAGE.inputTokens, completion_tokens: RUNNING_USAGE.outputTokens },
  },
}

/** The step by which the provider tells what it has used so far. */
export const runningUsage = (via: Via): Step => (via === 'http' ? USAGE_CHUNK : { usage: RUNNING_USAGE })

const END: Step = { end: 'stop', usage: FINAL_USAGE }

/** How one answer differs from the standard one. */
export interface AnswerChange {
  /** Steps instead of the second half: what goes wrong after the second piece. */
  readonly middle?: readonly Step[]
  /** Steps instead of everything. */
  readonly steps?: readonly Step[]
  /** Steps behind the end. */
  readonly afterEnd?: readonly Step[]
  readonly rest?: Omit<Answer, 'steps'>
}

/** Which answer it is, of which provider. */
export interface AnswerPlace {
  readonly gates: Gates
  readonly via: Via
  readonly index: number
}

/**
 * The standard answer to the request of an index: four pieces, a gate before the headers, before the first piece, in the middle
 * and before the end. For whole answers, too, the headers come first, so that there is a time between them and the body.
 */
export function standardAnswer({ gates, via, index }: AnswerPlace, change: AnswerChange = {}): Answer {
  const [one = '', two = '', three = '', four = ''] = PIECES
  const half: readonly Step[] = [
    gates.step('first', index),
    { text: one },
    runningUsage(via),
    { text: two },
    gates.step('middle', index),
  ]
  const rest: readonly Step[] = change.middle ?? [{ text: three }, { text: four }, gates.step('end', index), END]
  return {
    inputTokens: FINAL_USAGE.inputTokens,
    headersUntil: gates.step('headers', index).until,
    headersFirst: true,
    steps: change.steps ?? [...half, ...rest, ...(change.afterEnd ?? [])],
    ...change.rest,
  }
}
