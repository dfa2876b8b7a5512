import type {
  Attempt,
  CacheOutcome,
  Call,
  CallCost,
  CallUsage,
  Ending,
  EndingKind,
  Finish,
  LogFields,
  Timing,
  Usage,
  UsageSource,
} from '@cepa/core'
import type { Clean } from './clean.ts'
import { type ErrorFields, errorFields } from './error-fields.ts'
import { tenths } from './quantities.ts'

/** What a line says of a finished call, as data. Times are in milliseconds; what is unknown is absent. */
export interface CallFields extends LogFields, Partial<ErrorFields> {
  readonly requestId: string
  /** The trace and the span of the call, where `tracing()` or `telemetry()` stands further out; lower-case hex. */
  readonly traceId?: string
  readonly spanId?: string
  readonly operation: 'chat' | 'embed'
  readonly mode: 'stream' | 'complete'
  /** Of the attempt that made the answer, else of the last; absent where none was made. */
  readonly provider?: string
  /** The model that was asked. */
  readonly model: string
  /** The model that answered, where the provider names another one. */
  readonly answeredModel?: string
  readonly ending: EndingKind
  /** Why an abandoned call was left, where its reader said so. */
  readonly reason?: string
  readonly ms: number
  readonly headersMs?: number
  readonly firstTokenMs?: number
  readonly outputTokensPerSecond?: number
  readonly providerMs: number
  readonly consumerMs: number
  /** Tries at a provider; none for an answer from a cache. */
  readonly attempts: number
  /** Encoded bytes of the request bodies of all attempts. */
  readonly bytesSent?: number
  /** Decoded bytes of the response bodies of all attempts. */
  readonly bytesReceived?: number
  /** The same as they came over the wire, before decompression; where the transport sees them. */
  readonly wireBytesReceived?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** The same as `inputTokens`, by the name that logs are searched by. */
  readonly prompt_tokens?: number
  /** The same as `outputTokens`, by the name that logs are searched by. */
  readonly completion_tokens?: number
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
  readonly usageSource?: UsageSource
  /** What all attempts together spent, where that is not the answer's usage. */
  readonly spentInputTokens?: number
  readonly spentOutputTokens?: number
  readonly costUsd?: number
  /** Where the tokens come from that were priced. */
  readonly costBasis?: UsageSource
  /** Why the cost is not known. */
  readonly costUnknown?: string
  /** What the cache did. */
  readonly cache?: CacheOutcome['outcome']
  /** Age of the answer from the cache. */
  readonly cacheAgeMs?: number
  readonly finish?: Finish
  readonly attributes?: Readonly<Record<string, string>>
  /** For a call that outlived the one that made it: why. */
  readonly detached?: string
}

/** The facts that a line reads, all of which may be missing. */
export interface LoggedFacts {
  readonly timing: Timing | undefined
  readonly usage: CallUsage | undefined
  readonly cost: CallCost | undefined
  readonly cache: CacheOutcome | undefined
}

/** What every line of a call is found by. */
export interface LineIds extends LogFields {
  readonly requestId: string
  readonly traceId?: string
  readonly spanId?: string
}

/** What is known of a finished call. */
export interface FinishedCall {
  readonly call: Call
  readonly ids: LineIds
  readonly ending: Ending
  readonly facts: LoggedFacts
  /** The attempts of this pass. */
  readonly attempts: readonly Attempt[]
  /** When the first content came, on the call's clock. */
  readonly firstContentAt?: number | undefined
}

type Writable = { -readonly [K in keyof CallFields]: CallFields[K] }

/** Writes the fields that have a value. */
function add<T extends object>(fields: Writable, more: T): void {
  for (const [name, value] of Object.entries(more)) if (value !== undefined) fields[name] = value
}

function usageFields(answer: Usage | undefined, spent: Usage | undefined): Partial<Writable> {
  const { inputTokens, outputTokens } = answer ?? {}
  const other = spent && (spent.inputTokens !== inputTokens || spent.outputTokens !== outputTokens)
  const fields = {
    inputTokens,
    outputTokens,
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    cacheReadTokens: answer?.cacheReadTokens,
    cacheWriteTokens: answer?.cacheWriteTokens,
    reasoningTokens: answer?.reasoningTokens,
    usageSource: answer?.source,
    spentInputTokens: other ? spent.inputTokens : undefined,
    spentOutputTokens: other ? spent.outputTokens : undefined,
  }
  return fields as Partial<Writable>
}

function timeFields({ ending, facts, firstContentAt }: FinishedCall): Partial<Writable> {
  const { timing } = facts
  const totalMs = ending.providerMs + ending.consumerMs
  const ownFirstMs = firstContentAt === undefined ? undefined : Math.max(0, firstContentAt - (ending.at - totalMs))
  const rounded = (value: number | undefined) => (value === undefined ? undefined : tenths(value))
  const fields = {
    headersMs: rounded(timing?.headersMs),
    firstTokenMs: rounded(timing?.firstTokenMs ?? ownFirstMs),
    outputTokensPerSecond: rounded(timing?.outputTokensPerSecond),
    providerMs: tenths(ending.providerMs),
    consumerMs: tenths(ending.consumerMs),
  }
  return fields as Partial<Writable>
}

/** What all attempts sent and received, as far as it is known. */
function sizeFields(attempts: readonly Attempt[]): Partial<Writable> {
  const sums: { [name in 'bytesSent' | 'bytesReceived' | 'wireBytesReceived']?: number } = {}
  for (const name of ['bytesSent', 'bytesReceived', 'wireBytesReceived'] as const) {
    const known = attempts.flatMap((attempt) => attempt[name] ?? [])
    if (known.length > 0) sums[name] = known.reduce((sum, bytes) => sum + bytes, 0)
  }
  return sums
}

function reasonOf(ending: Ending, clean: Clean): string | undefined {
  if (ending.kind !== 'abandoned' || ending.reason === undefined) return undefined
  const { reason } = ending
  return clean.text(reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason), 200)
}

const safeLabels = (
  labels: Readonly<Record<string, string>>,
  clean: Clean,
): Readonly<Record<string, string>> | undefined => {
  const entries = Object.entries(labels).map(([name, value]) => [clean.text(name, 100), clean.text(value, 200)])
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** What a line says of a finished call. Reads the facts that layers further in gave, and does without those that are missing. */
export function callFields(finished: FinishedCall, clean: Clean): CallFields {
  const { call, ids, ending, facts, attempts } = finished
  const { completion } = ending
  const attempt = attempts.find(({ won }) => won) ?? attempts.at(-1)
  const model = attempt?.model ?? call.request.model
  const fields: Writable = {
    ...ids,
    operation: call.operation,
    mode: call.mode,
    ...(attempt && { provider: attempt.provider }),
    model: clean.text(model, 200),
    ending: ending.kind,
    ms: tenths(ending.providerMs + ending.consumerMs),
    providerMs: 0,
    consumerMs: 0,
    attempts: attempts.length,
  }
  add(fields, timeFields(finished))
  add(fields, sizeFields(attempts))
  add(fields, usageFields(facts.usage?.answer ?? completion.usage, facts.usage?.spent))
  add(fields, {
    answeredModel: completion.model === model ? undefined : completion.model && clean.text(completion.model, 200),
    costUsd: facts.cost?.usd,
    costBasis: facts.cost?.basis,
    costUnknown: facts.cost?.unknown && clean.text(facts.cost.unknown, 200),
    cache: facts.cache?.outcome,
    cacheAgeMs: facts.cache?.ageMs,
    finish: completion.finish,
    reason: reasonOf(ending, clean),
    status: attempt?.status,
    providerRequestId: attempt?.providerRequestId && clean.text(attempt.providerRequestId, 200),
    attributes: safeLabels(call.attributes, clean),
    detached: call.detached && clean.text(call.detached, 100),
  })
  if ('error' in ending) add(fields, errorFields(ending.error, clean))
  return fields
}
