// The public surface of @cepa/core/semantic-conventions. `npm run api` writes this file; a change in it is a change for users.

type AdapterServer = Readonly<Pick<AttemptDetails, 'serverAddress' | 'serverPort'>>;

interface AtEnd {
    readonly completion: Completion;
    readonly at: number;
    readonly providerMs: number;
    readonly consumerMs: number;
}

interface AttemptCost {
    readonly usd?: number;
    readonly unknown?: string;
    readonly basis?: Usage['source'];
    readonly parts?: Readonly<Record<string, number>>;
    readonly prices?: PriceOrigin;
}

interface AttemptDetails {
    status?: number;
    providerRequestId?: string;
    serverAddress?: string;
    serverPort?: number;
    headersMs?: number;
    bytesSent?: number;
    bytesReceived?: number;
    wireBytesReceived?: number;
    apiType?: string;
    systemFingerprint?: string;
    rateLimit?: Readonly<Record<string, string>>;
}

export class AttributeWriter {
    #private;
    readonly attributes: Attributes;
    constructor(wording: Wording);
    value(name: string | undefined, value: string | number | boolean | string[] | undefined): void;
    count(name: string | undefined, value: number | undefined): void;
    word(name: string | undefined, value: string | undefined): void;
    id(name: string | undefined, value: string | undefined): void;
}

export type Attributes = Record<string, string | number | boolean | string[]>;

const COMMON: {
    readonly operation: 'gen_ai.operation.name';
    readonly provider: 'gen_ai.provider.name';
    readonly requestModel: 'gen_ai.request.model';
    readonly responseModel: 'gen_ai.response.model';
    readonly responseId: 'gen_ai.response.id';
    readonly finishReasons: 'gen_ai.response.finish_reasons';
    readonly firstChunk: 'gen_ai.response.time_to_first_chunk';
    readonly outputType: 'gen_ai.output.type';
    readonly choiceCount: 'gen_ai.request.choice.count';
    readonly seed: 'gen_ai.request.seed';
    readonly stream: 'gen_ai.request.stream';
    readonly topK: 'gen_ai.request.top_k';
    readonly topP: 'gen_ai.request.top_p';
    readonly temperature: 'gen_ai.request.temperature';
    readonly maxTokens: 'gen_ai.request.max_tokens';
    readonly frequencyPenalty: 'gen_ai.request.frequency_penalty';
    readonly presencePenalty: 'gen_ai.request.presence_penalty';
    readonly stopSequences: 'gen_ai.request.stop_sequences';
    readonly dimensions: 'gen_ai.embeddings.dimension.count';
    readonly inputTokens: 'gen_ai.usage.input_tokens';
    readonly outputTokens: 'gen_ai.usage.output_tokens';
    readonly cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens';
    readonly reasoningTokens: 'gen_ai.usage.reasoning.output_tokens';
    readonly inputMessages: 'gen_ai.input.messages';
    readonly outputMessages: 'gen_ai.output.messages';
    readonly systemInstructions: 'gen_ai.system_instructions';
    readonly toolDefinitions: 'gen_ai.tool.definitions';
    readonly requestServiceTier: 'openai.request.service_tier';
    readonly responseServiceTier: 'openai.response.service_tier';
    readonly apiType: 'openai.api.type';
    readonly systemFingerprint: 'openai.response.system_fingerprint';
    readonly errorType: 'error.type';
    readonly serverAddress: 'server.address';
    readonly serverPort: 'server.port';
    readonly status: 'http.response.status_code';
    readonly resendCount: 'http.request.resend_count';
    readonly requestBodySize: 'http.request.body.size';
    readonly responseBodySize: 'http.response.body.size';
    readonly exceptionType: 'exception.type';
    readonly exceptionMessage: 'exception.message';
    readonly exceptionStacktrace: 'exception.stacktrace';
    readonly exceptionEvent: 'gen_ai.client.operation.exception';
    readonly detailsEvent: 'gen_ai.client.inference.operation.details';
};

export const CONTENT_PLACES: readonly ContentPlace[];

interface CacheOutcome {
    readonly outcome: 'hit' | 'miss' | 'stale' | 'joined' | 'bypass' | 'refresh' | 'record' | 'error';
    readonly keyHash?: string;
    readonly ageMs?: number;
    readonly lookupMs?: number;
    readonly saved?: Usage;
    readonly savedUsd?: number;
    readonly savedMs?: number;
}

interface CallCost {
    readonly usd?: number;
    readonly unknown?: string;
    readonly basis?: Usage['source'];
    readonly attempts: readonly AttemptCost[];
    readonly prices?: PriceOrigin;
}

interface CallRecord {
    readonly schema: typeof RECORD_SCHEMA;
    readonly id: string;
    readonly requestId: string;
    readonly pipeline: string;
    readonly trace?: RecordedTrace;
    readonly groups?: readonly {
        readonly id: string;
        readonly name: string;
    }[];
    readonly detached?: {
        readonly reason: string;
        readonly parentId: string;
    };
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
    readonly startedAtMs: number;
    readonly provider: string;
    readonly model: string;
    readonly responseModel?: string;
    readonly responseId?: string;
    readonly parameters: RecordedParameters;
    readonly attributes: Readonly<Record<string, string>>;
    readonly ending: EndingKind;
    readonly reason?: string;
    readonly finish?: Finish;
    readonly finishRaw?: string;
    readonly choices?: readonly RecordedChoice[];
    readonly toolCalls?: readonly string[];
    readonly error?: RecordedError;
    readonly durations: RecordedDurations;
    readonly usage?: Usage;
    readonly spent?: Usage;
    readonly cost?: CallCost;
    readonly cache?: CacheOutcome;
    readonly attempts: readonly RecordedAttempt[];
    readonly bytesSent?: number;
    readonly bytesReceived?: number;
    readonly wireBytesReceived?: number;
    readonly faults?: readonly RecordedFault[];
    readonly selfTimes?: readonly RecordedSelfTime[];
    readonly content?: RecordedContent;
    readonly sampling?: RecordedSampling;
}

interface Choice {
    readonly text: string;
    readonly reasoning: string;
    readonly toolCalls: readonly ToolCall[];
    readonly parts: readonly (TextPart | ReasoningPart | ToolCallPart)[];
    readonly finish?: Finish;
    readonly finishRaw?: string;
}

interface Completion extends Choice {
    readonly id?: string;
    readonly model?: string;
    readonly usage?: Usage;
    readonly sources: readonly unknown[];
    readonly files: readonly unknown[];
    readonly embeddings: readonly (readonly number[])[];
    readonly choices?: readonly Choice[];
}

export type ContentPlace = 'none' | 'span' | 'event' | 'both';

export const DURATION_BUCKETS: readonly number[];

export type DescribedCall = DescribedStart & Pick<CallRecord, 'ending' | 'reason' | 'responseModel' | 'responseId' | 'finish' | 'choices' | 'error' | 'spent' | 'cost' | 'cache' | 'attempts'> & {
    readonly durations: Pick<RecordedDurations, 'totalMs' | 'firstTokenMs'>;
};

export type DescribedGroupStart = Pick<GroupRecord, 'id' | 'name' | 'attributes' | 'parentId'>;

export type DescribedStart = Pick<CallRecord, 'id' | 'requestId' | 'pipeline' | 'operation' | 'mode' | 'provider' | 'model' | 'parameters' | 'attributes' | 'detached'> & {
    readonly serviceTier?: string;
    readonly server?: AdapterServer | undefined;
};

type Ending = ({
    readonly kind: 'done';
} & AtEnd) | ({
    readonly kind: 'failed' | 'aborted';
    readonly error: Error;
} & AtEnd) | ({
    readonly kind: 'abandoned';
    readonly reason?: unknown;
} & AtEnd) | ({
    readonly kind: 'unread';
} & AtEnd);

type EndingKind = Ending['kind'];

type Environment = Readonly<Record<string, string | undefined>>;

export type ErrorDescription = Pick<RecordedError, 'name' | 'kind' | 'status'>;

type Finish = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'other';

const GROUP_SCHEMA = "cepa.group/1";

interface GroupRecord {
    readonly schema: typeof GROUP_SCHEMA;
    readonly id: string;
    readonly name: string;
    readonly parentId?: string;
    readonly trace: RecordedTrace;
    readonly attributes: Readonly<Record<string, string>>;
    readonly startedAtMs: number;
    readonly durationMs: number;
    readonly ending: 'done' | 'failed';
    readonly error?: RecordedError;
    readonly groups: number;
    readonly calls: number;
    readonly openCalls: number;
    readonly endings: Readonly<Partial<Record<EndingKind, number>>>;
    readonly attempts: number;
    readonly cacheHits: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costUsd?: number;
    readonly knownCostUsd: number;
}

export interface InputMessage {
    readonly role: string;
    readonly parts: readonly MessagePart[];
}

export interface InstrumentForm {
    description: string;
    unit: string;
    advice?: {
        explicitBucketBoundaries: number[];
    };
}

export interface InstrumentMaker {
    createHistogram(name: string, form: InstrumentForm): ValueRecorder;
    createCounter(name: string, form: InstrumentForm): ValueCounter;
}

export interface Instruments {
    readonly chatDuration: ValueRecorder;
    readonly otherDuration: ValueRecorder;
    readonly timeToFirstChunk: ValueRecorder;
    readonly timePerOutputChunk: ValueRecorder;
    readonly tokenUsage: ValueRecorder | undefined;
    readonly inputPerCall: ValueRecorder | undefined;
    readonly outputPerCall: ValueRecorder | undefined;
    readonly spentInput: ValueCounter | undefined;
    readonly spentOutput: ValueCounter | undefined;
    readonly spentCacheRead: ValueCounter | undefined;
    readonly spentCacheWrite: ValueCounter | undefined;
    readonly spentReasoning: ValueCounter | undefined;
}

type Limit = 'total' | 'headers' | 'first-token' | 'idle' | 'deadline' | 'connect';

export interface Measured {
    readonly call: DescribedCall;
    readonly gapsMs: readonly number[];
    readonly context: unknown;
}

export interface MessagePart {
    readonly type: string;
    readonly [field: string]: unknown;
}

export class MetricWriter {
    #private;
    constructor(wording: Wording);
    record(instruments: Instruments, { call, gapsMs, context }: Measured): void;
}

export type Names = typeof COMMON & Varying;

export const OWN_NAMES: {
    readonly callId: 'cepa.call.id';
    readonly requestId: 'cepa.request.id';
    readonly pipeline: 'cepa.pipeline';
    readonly attribute: 'cepa.attribute.';
    readonly askedModel: 'cepa.request.model';
    readonly ending: 'cepa.ending';
    readonly abandonReason: 'cepa.abandon.reason';
    readonly errorKind: 'cepa.error.kind';
    readonly usageSource: 'cepa.usage.source';
    readonly costUsd: 'cepa.cost.usd';
    readonly cacheHit: 'cepa.cache.hit';
    readonly cacheOutcome: 'cepa.cache.outcome';
    readonly cacheKeyHash: 'cepa.cache.key_hash';
    readonly cacheAge: 'cepa.cache.age_ms';
    readonly cacheSavedInput: 'cepa.cache.saved.input_tokens';
    readonly cacheSavedOutput: 'cepa.cache.saved.output_tokens';
    readonly retryCount: 'cepa.retry.count';
    readonly bytesSent: 'cepa.request.body.size';
    readonly bytesReceived: 'cepa.response.body.size';
    readonly providerRequestId: 'cepa.provider.request_id';
    readonly detachedReason: 'cepa.detached.reason';
    readonly detachedFrom: 'cepa.detached.call_id';
    readonly attemptIndex: 'cepa.attempt.index';
    readonly attemptProvider: 'cepa.attempt.provider';
    readonly attemptModel: 'cepa.attempt.model';
    readonly attemptEnding: 'cepa.attempt.ending';
    readonly attemptWon: 'cepa.attempt.won';
    readonly attemptReason: 'cepa.attempt.reason';
    readonly contentCut: 'cepa.content.cut';
    readonly contentWithheld: 'cepa.content.withheld';
};

type Operation = 'chat' | 'embed';

export interface OutputMessage extends InputMessage {
    readonly finish_reason: string;
}

interface PartOptions {
    readonly providerOptions?: Readonly<Record<string, unknown>>;
}

interface PriceOrigin {
    readonly source: string;
    readonly date: string;
}

type ProviderErrorKind = 'rate-limit' | 'quota' | 'auth' | 'permission' | 'invalid-request' | 'context-length' | 'content-filter' | 'not-found' | 'overloaded' | 'server' | 'timeout' | 'network' | 'truncated' | 'malformed' | 'unknown';

const RECORD_SCHEMA = "cepa.call/1";

interface ReasoningPart extends PartOptions {
    readonly type: 'reasoning';
    readonly text: string;
    readonly signature?: string;
    readonly redacted?: string;
}

interface RecordedAnswer {
    readonly text?: string;
    readonly reasoning?: string;
    readonly toolCalls?: readonly RecordedToolCall[];
}

interface RecordedAttempt {
    readonly index: number;
    readonly spanId?: string;
    readonly provider: string;
    readonly model: string;
    readonly startMs: number;
    readonly durationMs?: number;
    readonly headersMs?: number;
    readonly ending?: EndingKind;
    readonly won: boolean;
    readonly reason?: string;
    readonly status?: number;
    readonly providerRequestId?: string;
    readonly serverAddress?: string;
    readonly serverPort?: number;
    readonly bytesSent?: number;
    readonly bytesReceived?: number;
    readonly wireBytesReceived?: number;
    readonly apiType?: string;
    readonly systemFingerprint?: string;
    readonly rateLimit?: Readonly<Record<string, string>>;
    readonly usage?: Usage;
    readonly error?: RecordedError;
}

interface RecordedCause {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
}

interface RecordedChoice {
    readonly finish?: Finish;
    readonly finishRaw?: string;
}

interface RecordedContent {
    readonly messages?: readonly RecordedMessage[];
    readonly inputs?: readonly string[];
    readonly answers?: readonly RecordedAnswer[];
    readonly hashes?: RecordedHashes;
    readonly cutBytes?: number;
    readonly withheld?: readonly ('request' | 'answer')[];
}

interface RecordedDurations {
    readonly totalMs: number;
    readonly headersMs?: number;
    readonly firstTokenMs?: number;
    readonly gaps?: TokenGaps;
    readonly outputTokensPerSecond?: number;
    readonly providerMs: number;
    readonly consumerMs: number;
}

interface RecordedError {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
    readonly kind?: ProviderErrorKind;
    readonly status?: number;
    readonly retryable?: boolean;
    readonly retryAfterMs?: number;
    readonly providerRequestId?: string;
    readonly providerCode?: string;
    readonly limit?: Limit;
    readonly limitMs?: number;
    readonly setBy?: string;
    readonly causes?: readonly RecordedCause[];
}

interface RecordedFault {
    readonly middleware: string;
    readonly hook: string;
    readonly error: RecordedError;
}

interface RecordedHashes {
    readonly messages?: readonly string[];
    readonly inputs?: readonly string[];
    readonly answer?: string;
}

interface RecordedMessage {
    readonly role: string;
    readonly content: string | readonly unknown[];
}

interface RecordedParameters {
    readonly maxOutputTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly topK?: number;
    readonly presencePenalty?: number;
    readonly frequencyPenalty?: number;
    readonly seed?: number;
    readonly stop?: number;
    readonly candidates?: number;
    readonly logProbabilities?: number;
    readonly reasoningEffort?: string;
    readonly reasoningMaxTokens?: number;
    readonly outputType?: 'text' | 'json';
    readonly tools?: readonly string[];
    readonly toolChoice?: string;
    readonly messages?: number;
    readonly inputs?: number;
    readonly dimensions?: number;
}

interface RecordedSampling {
    readonly reason: 'all' | 'head' | 'error' | 'slow' | 'costly' | 'call';
    readonly weight: number;
}

interface RecordedSelfTime {
    readonly layer: string;
    readonly hook: string;
    readonly ms: number;
    readonly runs: number;
}

interface RecordedToolCall {
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
}

interface RecordedTrace {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly sampled: boolean;
    readonly traceState?: string;
    readonly hasSpan?: boolean;
}

export const SEMCONV_VERSIONS: readonly Semconv[];

export interface Said {
    readonly text?: unknown;
    readonly reasoning?: unknown;
    readonly toolCalls?: unknown;
}

type Scrub = (text: string) => string;

export type Semconv = 'released' | 'latest';

export const TOKEN_BUCKETS: readonly number[];

interface TextPart extends PartOptions {
    readonly type: 'text';
    readonly text: string;
}

interface TokenGaps {
    readonly count: number;
    readonly meanMs: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly maxMs: number;
}

interface ToolCall {
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
    readonly malformed?: string;
}

interface ToolCallPart extends PartOptions {
    readonly type: 'tool-call';
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
}

interface Usage {
    readonly inputTokens?: number;
    readonly outputTokens?: number;
    readonly cacheReadTokens?: number;
    readonly cacheWriteTokens?: number;
    readonly cacheWriteHourTokens?: number;
    readonly reasoningTokens?: number;
    readonly audioInputTokens?: number;
    readonly audioOutputTokens?: number;
    readonly imageInputTokens?: number;
    readonly imageOutputTokens?: number;
    readonly serverToolUses?: Readonly<Record<string, number>>;
    readonly serviceTier?: string;
    readonly source: UsageSource;
}

type UsageSource = 'provider' | 'estimate' | 'partial' | 'cache';

export interface ValueCounter {
    add(value: number, attributes?: Attributes, context?: unknown): void;
}

export interface ValueRecorder {
    record(value: number, attributes?: Attributes, context?: unknown): void;
}

interface Varying {
    readonly schemaUrl?: string;
    readonly cacheWriteTokens: string;
    readonly reasoningLevel?: string;
    readonly audioInputTokens?: string;
    readonly audioOutputTokens?: string;
    readonly imageInputTokens?: string;
    readonly imageOutputTokens?: string;
    readonly chatDuration: string;
    readonly otherDuration: string;
    readonly timeToFirstChunk: string;
    readonly timePerOutputChunk: string;
    readonly tokenUsage?: string;
    readonly tokenType?: string;
    readonly spentInput?: string;
    readonly spentOutput?: string;
    readonly spentCacheRead?: string;
    readonly spentCacheWrite?: string;
    readonly spentReasoning?: string;
    readonly modality?: string;
    readonly inputPerCall?: string;
    readonly outputPerCall?: string;
}

export interface Wording {
    readonly names: Names;
    readonly estimates: boolean;
    readonly word: (text: string) => string;
    readonly id: (text: string) => string;
}

export function attemptAttributes(attempt: RecordedAttempt, attempts: readonly RecordedAttempt[], wording: Wording): Attributes;

export const attemptNameOf: ({ model }: RecordedAttempt, { word }: Wording) => string;

export function contentFromEnvironment(variables?: Environment): ContentPlace;

export function endAttributes(call: DescribedCall, wording: Wording): Attributes;

export function errorTypeOf({ name, kind, status }: ErrorDescription): string;

export const finishReasonOf: (finish: Finish | undefined) => string;

export function finishReasonsOf({ operation, parameters, finish, choices, }: Pick<DescribedCall, 'operation' | 'parameters' | 'finish' | 'choices'>): string[] | undefined;

export function groupEndAttributes(group: GroupRecord, wording: Wording): Attributes;

export function groupStartAttributes(group: DescribedGroupStart, wording: Wording): Attributes;

export const inputMessageOf: ({ role, content, }: {
    readonly role: string;
    readonly content: unknown;
}) => InputMessage;

export function instrumentsOf(meter: InstrumentMaker, names: Names): Instruments;

export const isCacheHit: ({ cache, attempts }: Pick<DescribedCall, 'cache' | 'attempts'>) => boolean;

export function metricAttributes(call: DescribedCall, wording: Wording): Attributes;

export const namesOf: (semconv: Semconv) => Names;

export function operationNameOf(operation: Operation, provider: string): string;

export function outputMessageOf({ text, reasoning, toolCalls }: Said, finishReason: string): OutputMessage;

export const providerNameOf: (provider: string) => string;

export const requestModelOf: ({ attempts, model }: Pick<DescribedCall, 'attempts' | 'model'>) => string;

export function semconvFromEnvironment(variables?: Environment): Semconv;

export const servingAttemptOf: (attempts: readonly RecordedAttempt[]) => RecordedAttempt | undefined;

export function spanNameOf({ operation, provider, model }: Pick<DescribedStart, 'operation' | 'provider' | 'model'>, { word }: Wording): string;

export function startAttributes(call: DescribedStart, wording: Wording): Attributes;

export const takesInstructionsApart: (provider: string) => boolean;

export function toldUsage({ attempts, spent }: Pick<DescribedCall, 'attempts' | 'spent'>, estimates: boolean): Usage | undefined;

export function wordingOf(semconv: Semconv, estimates?: boolean, own?: Scrub): Wording;
