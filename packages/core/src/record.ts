import type { EndingKind } from './ending.ts'
import type { ErrorCode, ProviderErrorKind } from './errors.ts'
import type { Finish, Usage } from './event.ts'
import type { CacheOutcome, CallCost, TokenGaps } from './known-facts.ts'
import type { Message, Operation } from './request.ts'

/** Version of the record's shape. A change that a reader could trip over raises it. */
export const RECORD_SCHEMA = 'cepa.call/1'

/** Where a call stands in a trace. Ids are lower-case hex as in W3C Trace Context: 32 digits and 16 digits. */
export interface RecordedTrace {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  /** Whether the trace is sampled by its head. */
  readonly sampled: boolean
}

/** What the caller asked for beside the messages; only what was given. */
export interface RecordedParameters {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly candidates?: number
  readonly reasoningEffort?: string
  /** `json` where an output format was asked for. */
  readonly outputType?: 'text' | 'json'
  /** Names of the tools that were offered. */
  readonly tools?: readonly string[]
  readonly messages?: number
  readonly inputs?: number
  readonly dimensions?: number
}

/** Where the time went, in milliseconds; what did not happen is absent. */
export interface RecordedDurations {
  readonly totalMs: number
  readonly headersMs?: number
  readonly firstTokenMs?: number
  readonly gaps?: TokenGaps
  readonly outputTokensPerSecond?: number
  readonly providerMs: number
  readonly consumerMs: number
}

/** An error, without its stack and without content. */
export interface RecordedError {
  readonly name: string
  readonly message: string
  readonly code?: ErrorCode | string
  readonly kind?: ProviderErrorKind
  readonly status?: number
  readonly retryable?: boolean
  readonly providerRequestId?: string
  readonly providerCode?: string
}

/** One attempt at a provider. */
export interface RecordedAttempt {
  readonly provider: string
  readonly model: string
  /** Milliseconds from the call's start to the attempt's. */
  readonly startMs: number
  readonly durationMs?: number
  readonly headersMs?: number
  readonly ending?: EndingKind
  readonly won: boolean
  /** Why an adapter sent the request again by itself. */
  readonly reason?: string
  readonly status?: number
  readonly providerRequestId?: string
  readonly serverAddress?: string
  readonly serverPort?: number
  readonly bytesSent?: number
  readonly bytesReceived?: number
  readonly wireBytesReceived?: number
  readonly rateLimit?: Readonly<Record<string, string>>
  readonly usage?: Usage
  readonly costUsd?: number
  readonly error?: RecordedError
}

/** Self time of one hook of one layer in a call, in milliseconds. */
export interface RecordedSelfTime {
  readonly layer: string
  readonly hook: string
  readonly ms: number
  readonly runs: number
}

/** Content, as far as it was asked for; redacted and cut. */
export interface RecordedContent {
  readonly messages?: readonly Message[]
  readonly text?: string
  readonly reasoning?: string
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[]
  /** Keyed hashes instead of content. */
  readonly hashes?: Readonly<Record<string, string>>
  /** What was cut away or held back, and why. */
  readonly cut?: string
}

/** Why a record was kept, and how many calls it stands for. */
export interface RecordedSampling {
  readonly reason: 'all' | 'head' | 'error' | 'slow' | 'costly' | 'rate'
  /** 1 divided by the probability with which a call like this one was kept; sums of weights restore totals. */
  readonly weight: number
}

/** The one wide event that describes a finished call completely. JSON-safe. Content is absent unless it was asked for. */
export interface CallRecord {
  readonly schema: typeof RECORD_SCHEMA
  /** The call's id in logs, as `requestId()` made it, else the core's. */
  readonly requestId: string
  readonly pipeline: string
  readonly trace?: RecordedTrace
  /** The groups that the call is part of, outermost first. */
  readonly groups?: readonly { readonly id: string; readonly name: string }[]
  /** For a call that outlived the one that made it. */
  readonly detached?: { readonly reason: string; readonly parentId: string }
  readonly operation: Operation
  readonly mode: 'stream' | 'complete'
  /** Wall clock of the start, milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  readonly provider: string
  /** The model as the caller asked for it, with a route's prefix. */
  readonly model: string
  /** The model that answered, in the provider's words. */
  readonly responseModel?: string
  readonly responseId?: string
  readonly parameters: RecordedParameters
  readonly attributes: Readonly<Record<string, string>>
  readonly ending: EndingKind
  readonly finish?: Finish
  readonly finishRaw?: string
  readonly error?: RecordedError
  readonly durations: RecordedDurations
  /** The answer's own usage. */
  readonly usage?: Usage
  /** Sum over all attempts. */
  readonly spent?: Usage
  readonly cost?: CallCost
  readonly cache?: CacheOutcome
  readonly attempts: readonly RecordedAttempt[]
  readonly bytesSent?: number
  readonly bytesReceived?: number
  readonly selfTimes?: readonly RecordedSelfTime[]
  readonly content?: RecordedContent
  readonly sampling?: RecordedSampling
}
