/**
 * Which version of the conventions names follow. `released`: 1.41, the last release of OpenTelemetry's conventions that has those for
 * generative AI; what backends read. `latest`: their own repository since, not released yet.
 */
export type Semconv = 'released' | 'latest'

/** All versions. */
export const SEMCONV_VERSIONS: readonly Semconv[] = ['released', 'latest']

/** What is called the same in both. */
const COMMON = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  firstChunk: 'gen_ai.response.time_to_first_chunk',
  outputType: 'gen_ai.output.type',
  choiceCount: 'gen_ai.request.choice.count',
  seed: 'gen_ai.request.seed',
  stream: 'gen_ai.request.stream',
  topK: 'gen_ai.request.top_k',
  topP: 'gen_ai.request.top_p',
  temperature: 'gen_ai.request.temperature',
  maxTokens: 'gen_ai.request.max_tokens',
  frequencyPenalty: 'gen_ai.request.frequency_penalty',
  presencePenalty: 'gen_ai.request.presence_penalty',
  stopSequences: 'gen_ai.request.stop_sequences',
  dimensions: 'gen_ai.embeddings.dimension.count',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  systemInstructions: 'gen_ai.system_instructions',
  toolDefinitions: 'gen_ai.tool.definitions',
  requestServiceTier: 'openai.request.service_tier',
  responseServiceTier: 'openai.response.service_tier',
  apiType: 'openai.api.type',
  systemFingerprint: 'openai.response.system_fingerprint',
  errorType: 'error.type',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  status: 'http.response.status_code',
  resendCount: 'http.request.resend_count',
  requestBodySize: 'http.request.body.size',
  responseBodySize: 'http.response.body.size',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  exceptionEvent: 'gen_ai.client.operation.exception',
  detailsEvent: 'gen_ai.client.inference.operation.details',
} as const

/** What only one version has, or calls otherwise. A name that is absent is not written. */
interface Varying {
  /** Of the instrumentation scope; absent while there is none. */
  readonly schemaUrl?: string
  readonly cacheWriteTokens: string
  readonly reasoningLevel?: string
  readonly audioInputTokens?: string
  readonly audioOutputTokens?: string
  readonly imageInputTokens?: string
  readonly imageOutputTokens?: string
  /** Seconds of a chat. */
  readonly chatDuration: string
  /** Seconds of any other operation. */
  readonly otherDuration: string
  readonly timeToFirstChunk: string
  readonly timePerOutputChunk: string
  /** One histogram of tokens, told apart by `tokenType`. */
  readonly tokenUsage?: string
  readonly tokenType?: string
  /** Counters of tokens, told apart by `modality`. */
  readonly spentInput?: string
  readonly spentOutput?: string
  readonly spentCacheRead?: string
  readonly spentCacheWrite?: string
  readonly spentReasoning?: string
  readonly modality?: string
  /** Histograms of tokens of calls that succeeded. */
  readonly inputPerCall?: string
  readonly outputPerCall?: string
}

/** The names of one version. */
export type Names = typeof COMMON & Varying

/**
 * The conventions for generative AI as OpenTelemetry released them last, in 1.41.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai
 */
const RELEASED: Names = {
  ...COMMON,
  schemaUrl: 'https://opentelemetry.io/schemas/1.41.0',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  chatDuration: 'gen_ai.client.operation.duration',
  otherDuration: 'gen_ai.client.operation.duration',
  timeToFirstChunk: 'gen_ai.client.operation.time_to_first_chunk',
  timePerOutputChunk: 'gen_ai.client.operation.time_per_output_chunk',
  tokenUsage: 'gen_ai.client.token.usage',
  tokenType: 'gen_ai.token.type',
}

/**
 * The same in their own repository since.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
const LATEST: Names = {
  ...COMMON,
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  reasoningLevel: 'gen_ai.request.reasoning.level',
  audioInputTokens: 'gen_ai.usage.audio.input_tokens',
  audioOutputTokens: 'gen_ai.usage.audio.output_tokens',
  imageInputTokens: 'gen_ai.usage.image.input_tokens',
  imageOutputTokens: 'gen_ai.usage.image.output_tokens',
  chatDuration: 'gen_ai.client.inference.duration',
  otherDuration: 'gen_ai.client.operation.duration',
  timeToFirstChunk: 'gen_ai.client.inference.time_to_first_chunk',
  timePerOutputChunk: 'gen_ai.client.inference.time_per_output_chunk',
  spentInput: 'gen_ai.client.inference.usage.input_tokens',
  spentOutput: 'gen_ai.client.inference.usage.output_tokens',
  spentCacheRead: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  spentCacheWrite: 'gen_ai.client.inference.usage.cache_write.input_tokens',
  spentReasoning: 'gen_ai.client.inference.usage.reasoning.output_tokens',
  modality: 'gen_ai.token.modality',
  inputPerCall: 'gen_ai.client.inference.operation.input_tokens',
  outputPerCall: 'gen_ai.client.inference.operation.output_tokens',
}

/**
 * The names of a version.
 *
 * @example
 * namesOf('latest').cacheWriteTokens // → 'gen_ai.usage.cache_write.input_tokens'
 */
export const namesOf = (semconv: Semconv): Names => (semconv === 'latest' ? LATEST : RELEASED)

/** What the conventions have no name for. */
export const OWN_NAMES = {
  callId: 'cepa.call.id',
  requestId: 'cepa.request.id',
  pipeline: 'cepa.pipeline',
  /** Before the name of a label that the caller gave. */
  attribute: 'cepa.attribute.',
  /** The model as it was asked for, where the provider was asked for it by another name. */
  askedModel: 'cepa.request.model',
  ending: 'cepa.ending',
  abandonReason: 'cepa.abandon.reason',
  errorKind: 'cepa.error.kind',
  usageSource: 'cepa.usage.source',
  costUsd: 'cepa.cost.usd',
  cacheHit: 'cepa.cache.hit',
  cacheOutcome: 'cepa.cache.outcome',
  cacheKeyHash: 'cepa.cache.key_hash',
  cacheAge: 'cepa.cache.age_ms',
  cacheSavedInput: 'cepa.cache.saved.input_tokens',
  cacheSavedOutput: 'cepa.cache.saved.output_tokens',
  retryCount: 'cepa.retry.count',
  bytesSent: 'cepa.request.body.size',
  bytesReceived: 'cepa.response.body.size',
  providerRequestId: 'cepa.provider.request_id',
  detachedReason: 'cepa.detached.reason',
  detachedFrom: 'cepa.detached.call_id',
  attemptIndex: 'cepa.attempt.index',
  attemptProvider: 'cepa.attempt.provider',
  attemptModel: 'cepa.attempt.model',
  attemptEnding: 'cepa.attempt.ending',
  attemptWon: 'cepa.attempt.won',
  attemptReason: 'cepa.attempt.reason',
  contentCut: 'cepa.content.cut',
  contentWithheld: 'cepa.content.withheld',
} as const

/** Boundaries of the histograms of seconds. */
export const DURATION_BUCKETS: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]

/** Boundaries of the histograms of tokens. */
export const TOKEN_BUCKETS: readonly number[] = Array.from({ length: 14 }, (_, power) => 4 ** power)
