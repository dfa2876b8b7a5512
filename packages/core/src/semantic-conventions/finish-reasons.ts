import type { Finish } from '../event.ts'
import type { DescribedCall } from './described-call.ts'

/** What the conventions call the ends that they know; the others keep their own word. */
const REASONS: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_call',
  'content-filter': 'content_filter',
  refusal: 'refusal',
  pause: 'pause',
  other: 'other',
}

/** What stands for a reason that never came. */
const MISSING = 'error'

/**
 * What one candidate ended by, in the words of the conventions.
 *
 * @example
 * finishReasonOf('tool-calls') // → 'tool_call'
 */
export const finishReasonOf = (finish: Finish | undefined): string => (finish === undefined ? MISSING : REASONS[finish])

/**
 * The reasons by which the candidates of a chat ended, in order; `error` for one that should have come and did not: the call failed, was
 * aborted or left. Absent for other operations.
 *
 * @example
 * finishReasonsOf({ operation: 'chat', parameters: { candidates: 2 }, finish: 'stop' }) // → ['stop', 'error']
 */
export function finishReasonsOf({
  operation,
  parameters,
  finish,
  choices,
}: Pick<DescribedCall, 'operation' | 'parameters' | 'finish' | 'choices'>): string[] | undefined {
  if (operation !== 'chat') return undefined
  const finishes = choices?.map((choice) => choice.finish) ?? [finish]
  const expected = Math.min(Math.max(parameters.candidates ?? 1, finishes.length), MOST_CANDIDATES)
  return Array.from({ length: expected }, (_, index) => finishReasonOf(finishes[index]))
}

/** No provider gives more; what a request asks for may be any number. */
const MOST_CANDIDATES = 128
