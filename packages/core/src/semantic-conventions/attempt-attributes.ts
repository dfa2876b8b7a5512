import type { RecordedAttempt } from '../recorded-attempt.ts'
import { type Attributes, AttributeWriter } from './attribute-writer.ts'
import { errorTypeOf } from './error-type.ts'
import { OWN_NAMES } from './names-table.ts'
import type { Wording } from './wording.ts'

/** How many attempts at the same provider came before this one. */
const resendsBefore = ({ index, provider }: RecordedAttempt, attempts: readonly RecordedAttempt[]): number =>
  attempts.filter((other) => other.index < index && other.provider === provider).length

/**
 * The name of an attempt's span.
 *
 * @example
 * attemptNameOf(attempt, wording) // → 'attempt gpt-4o'
 */
export const attemptNameOf = ({ model }: RecordedAttempt, { word }: Wording): string => `attempt ${word(model)}`

/**
 * The attributes of an attempt's span. Model and usage are not among them under the conventions' names: backends count what has them as
 * a call.
 *
 * @param attempts all of the call.
 *
 * @example
 * attemptAttributes(attempt, record.attempts, wording)['http.request.resend_count'] // → 1
 */
export function attemptAttributes(
  attempt: RecordedAttempt,
  attempts: readonly RecordedAttempt[],
  wording: Wording,
): Attributes {
  const { names } = wording
  const to = new AttributeWriter(wording)
  to.count(OWN_NAMES.attemptIndex, attempt.index - (attempts[0]?.index ?? 0))
  to.word(OWN_NAMES.attemptProvider, attempt.provider)
  to.word(OWN_NAMES.attemptModel, attempt.model)
  to.value(OWN_NAMES.attemptWon, attempt.won)
  to.value(OWN_NAMES.attemptEnding, attempt.ending)
  to.word(OWN_NAMES.attemptReason, attempt.reason)
  to.id(OWN_NAMES.providerRequestId, attempt.providerRequestId)
  to.word(names.serverAddress, attempt.serverAddress)
  if (attempt.serverAddress !== undefined) to.count(names.serverPort, attempt.serverPort)
  to.count(names.status, attempt.status)
  to.count(names.resendCount, resendsBefore(attempt, attempts) || undefined)
  to.count(names.requestBodySize, attempt.bytesSent)
  to.count(names.responseBodySize, attempt.wireBytesReceived)
  if (attempt.error) to.value(names.errorType, errorTypeOf(attempt.error))
  return to.attributes
}
