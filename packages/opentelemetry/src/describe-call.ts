import {
  type Attempt,
  type CacheOutcome,
  type Call,
  type CallCost,
  type CallUsage,
  type Completion,
  type Ending,
  type RecordedAttempt,
  recordedError,
} from '@cepa/core'
import type { DescribedCall, DescribedStart } from '@cepa/core/semantic-conventions'
import { parametersOf } from './parameters.ts'

/** What layers further in have found out of a call, where they did. */
export interface FoundOut {
  readonly requestId?: string | undefined
  readonly usage?: CallUsage | undefined
  readonly cost?: CallCost | undefined
  readonly cache?: CacheOutcome | undefined
}

/** A call that has ended, as one pass saw it. */
export interface Finished {
  readonly call: Call
  readonly ending: Ending
  readonly facts: FoundOut
  /** Attempts of the call that are none of this pass: those before it. */
  readonly attemptsBefore: number
  /** When the first content came, on the call's clock; of streams. */
  readonly firstContentAt?: number | undefined
  /** The id that the call has on its span. */
  readonly id: string
  /** For a detached call: that of the one that it was detached from. */
  readonly parentId?: string
  /** Takes secrets out of the texts of errors, before they are cut. */
  readonly scrub?: (text: string) => string
}

/** The ids that a call goes by. */
export interface CallIds {
  readonly id: string
  readonly requestId: string
  /** For a detached call: that of the one that it was detached from. */
  readonly parentId?: string | undefined
}

type Scrub = (text: string) => string

const serviceTierOf = ({ request }: Call): string | undefined => {
  const tier = request.providerOptions?.service_tier
  return typeof tier === 'string' ? tier : undefined
}

/** What is known of a call when it comes. */
export function describeStart(call: Call, { id, requestId, parentId }: CallIds): DescribedStart {
  const serviceTier = serviceTierOf(call)
  return {
    id,
    requestId,
    pipeline: call.pipeline,
    operation: call.operation,
    mode: call.mode,
    provider: call.provider,
    model: call.request.model,
    parameters: parametersOf(call),
    attributes: call.attributes,
    ...(serviceTier !== undefined && { serviceTier }),
    ...(call.server && { server: call.server }),
    ...(call.detached !== undefined && parentId !== undefined && { detached: { reason: call.detached, parentId } }),
  }
}

function describeAttempt(attempt: Attempt, startedAt: number, scrub: Scrub | undefined): RecordedAttempt {
  const { ending, usage, startedAt: since, ...rest } = attempt
  return {
    ...rest,
    startMs: since - startedAt,
    ...(ending && { durationMs: ending.at - since, ending: ending.kind }),
    ...(usage && { usage }),
    ...(ending && 'error' in ending && { error: recordedError(ending.error, scrub) }),
  }
}

function describeAnswer(completion: Completion): Partial<DescribedCall> {
  const { id, model, finish, choices } = completion
  return {
    ...(id !== undefined && { responseId: id }),
    ...(model !== undefined && { responseModel: model }),
    ...(finish !== undefined && { finish }),
    ...(choices && {
      choices: choices.map((choice) => (choice.finish === undefined ? {} : { finish: choice.finish })),
    }),
  }
}

const reasonText = (reason: unknown): string =>
  reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)

function describeEnding(ending: Ending, scrub: Scrub | undefined): Partial<DescribedCall> {
  if ('error' in ending) return { error: recordedError(ending.error, scrub) }
  return ending.kind === 'abandoned' && ending.reason !== undefined ? { reason: reasonText(ending.reason) } : {}
}

/** What is known of a call when it has ended: the part of a record that spans and metrics are made of. */
export function describeCall(finished: Finished): DescribedCall {
  const { call, ending, facts, attemptsBefore, firstContentAt, id, parentId, scrub } = finished
  const totalMs = ending.providerMs + ending.consumerMs
  const startedAt = ending.at - totalMs
  const attempts = call.attempts.slice(attemptsBefore).map((attempt) => describeAttempt(attempt, startedAt, scrub))
  const { usage, cost, cache } = facts
  const started = describeStart(call, { id, requestId: facts.requestId ?? call.id, parentId })
  const provider = (attempts.find(({ won }) => won) ?? attempts.at(-1))?.provider
  return {
    ...started,
    ...(provider !== undefined && { provider }),
    ...describeAnswer(ending.completion),
    ...describeEnding(ending, scrub),
    ending: ending.kind,
    durations: {
      totalMs,
      ...(firstContentAt !== undefined && { firstTokenMs: Math.max(0, firstContentAt - startedAt) }),
    },
    attempts,
    ...(usage?.spent && { spent: usage.spent }),
    ...(cost && { cost }),
    ...(cache && { cache }),
  }
}
