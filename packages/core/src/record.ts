import type { EndingKind } from './ending.ts'
import type { Finish, Usage } from './event.ts'
import type { CacheOutcome, CallCost, TokenGaps } from './known-facts.ts'
import type { RecordedAttempt } from './recorded-attempt.ts'
import type { RecordedContent } from './recorded-content.ts'
import type { RecordedError, RecordedFault } from './recorded-error.ts'
import type { Operation } from './request.ts'

/** Version of the record's shape. A change that a reader could trip over raises it; new optional fields do not. */
export const RECORD_SCHEMA = 'cepa.call/1'

/** Where something stands in a trace. Ids are lower-case hex as in W3C Trace Context: 32 digits and 16 digits. */
export interface RecordedTrace {
  readonly traceId: string
  readonly spanId: string
  /** The span that it was made in: a group's, the caller's, or that of the call it was detached from, unless `tracing()` makes spans. */
  readonly parentSpanId?: string
  /** The flag `sampled` of the trace, as the caller brought it or the head decided it. */
  readonly sampled: boolean
  /** `tracestate`, as the caller brought it. */
  readonly traceState?: string
  /** The span has been made by `tracing()`; who makes spans of records leaves it out, so that usage stands on one. */
  readonly hasSpan?: boolean
}

/** What the caller asked for beside the content; only what was given. */
export interface RecordedParameters {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly seed?: number
  /** Number of stop sequences; the sequences themselves are content. */
  readonly stop?: number
  /** Number of answers that were asked for. */
  readonly candidates?: number
  readonly logProbabilities?: number
  /** `low`, `medium`, `high`, … in the caller's words. */
  readonly reasoningEffort?: string
  /** Most tokens to reason with. */
  readonly reasoningMaxTokens?: number
  /** The form that was asked for, where one was. */
  readonly outputType?: 'text' | 'json'
  /** Names of the tools that were offered. */
  readonly tools?: readonly string[]
  /** `auto`, `none`, `required`, or the name of the tool that had to be called. */
  readonly toolChoice?: string
  /** Number of messages; of a chat. */
  readonly messages?: number
  /** Number of texts; of an embedding. */
  readonly inputs?: number
  /** Length of the vectors that was asked for; of an embedding. */
  readonly dimensions?: number
}

/** Where the time went, in milliseconds from the moment the call entered telemetry; what did not happen is absent. */
export interface RecordedDurations {
  /** Start to end: `providerMs` and `consumerMs` together. */
  readonly totalMs: number
  /** Start to the response's headers, of the attempt that made the answer, else of the last that had any. */
  readonly headersMs?: number
  /** Start to the first content; of streams. */
  readonly firstTokenMs?: number
  /** Between the events that bring tokens; of streams. */
  readonly gaps?: TokenGaps
  /** From the first content to the last event; of streams whose usage is known. */
  readonly outputTokensPerSecond?: number
  /** Waiting for what is inside: layers and provider. */
  readonly providerMs: number
  /** What the reader took between events. */
  readonly consumerMs: number
}

/** Self time of one hook of one layer in a call. */
export interface RecordedSelfTime {
  readonly layer: string
  readonly hook: string
  /** Milliseconds, over all runs. */
  readonly ms: number
  /** How often it ran. */
  readonly runs: number
}

/**
 * Why a record was kept, and how many calls it stands for. Absent where nothing was sampled. Sums of `weight`, and of `weight` times a
 * figure, over the kept records restore the totals of all calls.
 */
export interface RecordedSampling {
  /** `head`: by its trace id. `error`, `slow`, `costly`: by a rule that keeps those. `call`: the caller said so. `all`: nothing is dropped but by rate. */
  readonly reason: 'all' | 'head' | 'error' | 'slow' | 'costly' | 'call'
  /** 1 divided by the probability of being kept, times those of its kind that the limit of records per second dropped before it. */
  readonly weight: number
}

/** One of several candidates: how it ended. */
export interface RecordedChoice {
  readonly finish?: Finish
  readonly finishRaw?: string
}

/** The one wide event that describes a finished call completely. JSON-safe; what is absent is unknown or did not happen. */
export interface CallRecord {
  readonly schema: typeof RECORD_SCHEMA
  /** A UUID of this record's own, and of the call's span. Two records with one id are one record that was delivered twice. */
  readonly id: string
  /** The call's id in logs, as `requestId()` made or kept it, else the core's. Shared by a call and those that were detached from it. */
  readonly requestId: string
  /** Name of the pipeline in which telemetry stands. */
  readonly pipeline: string
  readonly trace?: RecordedTrace
  /** The groups that the call is part of, outermost first. */
  readonly groups?: readonly { readonly id: string; readonly name: string }[]
  /** For a call that outlived the one that made it: why, and the `id` of that one's record. */
  readonly detached?: { readonly reason: string; readonly parentId: string }
  readonly operation: Operation
  /** Whether the caller read events or wanted the whole answer. */
  readonly mode: 'stream' | 'complete'
  /** Wall clock of the start, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  /** Of the attempt that made the answer, else of the last; where there was none, the one that the stack leads to. */
  readonly provider: string
  /** The model as the caller asked for it, with a route's prefix. Each attempt has the one that it asked for. */
  readonly model: string
  /** The model that answered, in the provider's words. */
  readonly responseModel?: string
  /** The provider's id of the response. */
  readonly responseId?: string
  readonly parameters: RecordedParameters
  /** The caller's labels. */
  readonly attributes: Readonly<Record<string, string>>
  readonly ending: EndingKind
  /** Why an abandoned call was left, where its reader said so. */
  readonly reason?: string
  /** Of the first candidate. */
  readonly finish?: Finish
  /** The provider's own word for it. */
  readonly finishRaw?: string
  /** All candidates in order, the first included; where there were several. */
  readonly choices?: readonly RecordedChoice[]
  /** Names of the tools that the answer asks for, in order, with repetitions. */
  readonly toolCalls?: readonly string[]
  /** For `failed` and `aborted`. */
  readonly error?: RecordedError
  readonly durations: RecordedDurations
  /** The answer's own usage. With the source `cache`: what it had used when it was bought, and nothing was spent now. */
  readonly usage?: Usage
  /** Sum over all attempts, losers too. Absent where nothing was spent, or nothing is known of it. */
  readonly spent?: Usage
  /** What was spent in US dollars, with where the prices come from. Only with `tokenCount({ prices })`. */
  readonly cost?: CallCost
  /** What a cache did, and what it saved. Absent where there is none. */
  readonly cache?: CacheOutcome
  /** In order; empty for a hit. `cost.attempts` has theirs in the same order. */
  readonly attempts: readonly RecordedAttempt[]
  /** Encoded bytes of the request bodies of all attempts. */
  readonly bytesSent?: number
  /** Decoded bytes of the response bodies of all attempts. */
  readonly bytesReceived?: number
  /** The same as they came over the wire, before decompression; where the transport sees them. */
  readonly wireBytesReceived?: number
  /** Hooks that broke while the call went on; at most eight. */
  readonly faults?: readonly RecordedFault[]
  /** Of the layers inside telemetry; where something in the stack measures them. */
  readonly selfTimes?: readonly RecordedSelfTime[]
  /** Only where it was asked for. */
  readonly content?: RecordedContent
  readonly sampling?: RecordedSampling
}
