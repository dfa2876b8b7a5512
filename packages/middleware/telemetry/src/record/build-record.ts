import {
  type CallRecord,
  type CallTrace,
  type Completion,
  type Ending,
  RECORD_SCHEMA,
  type RecordedAttempt,
  type RecordedDurations,
  type RecordedTrace,
  recordedError,
} from '@cepa/core'
import { newSpanId } from '../ids.ts'
import { answering, bytesOf, recordedAttempt, spentBy } from './attempts.ts'
import type { FinishedCall } from './finished-call.ts'
import { firstLabels, firstOf } from './first.ts'
import { parametersOf } from './parameters.ts'

type Scrub = (text: string) => string

/** A trace as it stands in a record: what only travels stays out. */
export function recordedTrace({
  traceId,
  spanId,
  parentSpanId,
  sampled,
  traceState,
  hasSpan,
}: CallTrace): RecordedTrace {
  return {
    traceId,
    spanId,
    sampled,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(traceState !== undefined && { traceState }),
    ...(hasSpan && { hasSpan }),
  }
}

function durationsOf({ timing }: FinishedCall): RecordedDurations {
  const { totalMs, headersMs, firstTokenMs, gaps, outputTokensPerSecond, providerMs, consumerMs } = timing
  return {
    totalMs,
    ...(headersMs !== undefined && { headersMs }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(gaps && { gaps }),
    ...(outputTokensPerSecond !== undefined && { outputTokensPerSecond }),
    providerMs,
    consumerMs,
  }
}

/** Several attempts are spans of their own, one is told by the call's; where `tracing()` makes the spans, so are the attempts' ids. */
function attemptsOf({ attempts, startedAt, trace }: FinishedCall, scrub: Scrub): readonly RecordedAttempt[] {
  const areSpans = attempts.length > 1 && !trace.hasSpan
  return attempts.map((attempt) =>
    recordedAttempt(attempt, { startedAt, scrub, spanId: areSpans ? newSpanId() : undefined }),
  )
}

/** What is known of the answer beside its content. */
function answerOf({ finish, finishRaw, id, model, toolCalls, choices }: Completion): Partial<CallRecord> {
  return {
    ...(finish !== undefined && { finish }),
    ...(finishRaw !== undefined && { finishRaw }),
    ...(id !== undefined && { responseId: id }),
    ...(model !== undefined && { responseModel: model }),
    ...(toolCalls.length > 0 && { toolCalls: firstOf(toolCalls).map(({ name }) => name) }),
    ...(choices && {
      choices: firstOf(choices).map((choice) => ({
        ...(choice.finish !== undefined && { finish: choice.finish }),
        ...(choice.finishRaw !== undefined && { finishRaw: choice.finishRaw }),
      })),
    }),
  }
}

/** Why an abandoned call was left, as far as it was said in words. */
function reasonOf(ending: Ending): string | undefined {
  if (ending.kind !== 'abandoned') return undefined
  const { reason } = ending
  if (reason instanceof Error) return `${reason.name}: ${reason.message}`
  return typeof reason === 'string' ? reason : undefined
}

/** What was used and spent: as the facts tell it, else as the answer and the attempts do. */
function accountOf({ facts, ending, attempts }: FinishedCall): Pick<CallRecord, 'usage' | 'spent' | 'cost' | 'cache'> {
  const usage = facts.usage ? facts.usage.answer : ending.completion.usage
  const spent = facts.usage ? facts.usage.spent : spentBy(attempts)
  const { cost, cache } = facts
  return { ...(usage && { usage }), ...(spent && { spent }), ...(cost && { cost }), ...(cache && { cache }) }
}

/** What of a record is only there where it happened. */
function eventsOf(finished: FinishedCall, scrub: Scrub): Partial<CallRecord> {
  const { ending, groups, detached, faults, selfTimes } = finished
  const reason = reasonOf(ending)
  return {
    ...(groups.length > 0 && { groups }),
    ...(detached && { detached }),
    ...(reason !== undefined && { reason }),
    ...('error' in ending && { error: recordedError(ending.error, scrub) }),
    ...(faults.length > 0 && {
      faults: faults.map(({ middleware, hook, error }) => ({ middleware, hook, error: recordedError(error, scrub) })),
    }),
    ...(selfTimes && selfTimes.length > 0 && { selfTimes }),
  }
}

/**
 * The record of a finished call, not yet redacted, without content.
 *
 * @param scrub takes secrets out of the texts of errors, which are cut here.
 */
export function buildRecord(finished: FinishedCall, scrub: Scrub): CallRecord {
  const { call, ending } = finished
  return {
    schema: RECORD_SCHEMA,
    id: finished.id,
    requestId: finished.requestId,
    pipeline: call.pipeline,
    trace: recordedTrace(finished.trace),
    operation: call.operation,
    mode: call.mode,
    startedAtMs: finished.startedAtMs,
    provider: answering(finished.attempts)?.provider ?? call.provider,
    model: call.request.model,
    parameters: parametersOf(call, finished.items),
    attributes: firstLabels(call.attributes),
    ending: ending.kind,
    ...answerOf(ending.completion),
    ...eventsOf(finished, scrub),
    durations: durationsOf(finished),
    ...accountOf(finished),
    attempts: attemptsOf(finished, scrub),
    ...bytesOf(finished.attempts),
  }
}
