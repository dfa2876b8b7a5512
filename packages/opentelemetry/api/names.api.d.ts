// The public surface of @cepa/opentelemetry/names. `npm run api` writes this file; a change in it is a change for users.

import type { CallRecord } from '@cepa/core'
import type { Operation } from '@cepa/core'
import type { RecordedAttempt } from '@cepa/core'
import type { RecordedDurations } from '@cepa/core'
import type { RecordedError } from '@cepa/core'
import type { Usage } from '@cepa/core'

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

export const DURATION_BUCKETS: readonly number[];

export type DescribedCall = DescribedStart & Pick<CallRecord, 'ending' | 'reason' | 'responseModel' | 'responseId' | 'finish' | 'choices' | 'error' | 'spent' | 'cost' | 'cache' | 'attempts'> & {
    readonly durations: Pick<RecordedDurations, 'totalMs' | 'firstTokenMs'>;
};

export type DescribedStart = Pick<CallRecord, 'id' | 'requestId' | 'pipeline' | 'operation' | 'mode' | 'provider' | 'model' | 'parameters' | 'attributes' | 'detached'> & {
    readonly serviceTier?: string;
};

export type ErrorDescription = Pick<RecordedError, 'name' | 'kind' | 'status'>;

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

export const SEMCONV_VERSIONS: readonly Semconv[];

export type Semconv = 'released' | 'latest';

export const TOKEN_BUCKETS: readonly number[];

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

export function endAttributes(call: DescribedCall, wording: Wording): Attributes;

export function errorTypeOf({ name, kind, status }: ErrorDescription): string;

export function finishReasonsOf({ operation, parameters, finish, choices, }: Pick<DescribedCall, 'operation' | 'parameters' | 'finish' | 'choices'>): string[] | undefined;

export const namesOf: (semconv: Semconv) => Names;

export function operationNameOf(operation: Operation, provider: string): string;

export const providerNameOf: (provider: string) => string;

export const requestModelOf: ({ attempts, model }: Pick<DescribedCall, 'attempts' | 'model'>) => string;

export const servingAttemptOf: (attempts: readonly RecordedAttempt[]) => RecordedAttempt | undefined;

export function spanNameOf({ operation, provider, model }: Pick<DescribedStart, 'operation' | 'provider' | 'model'>, { word }: Wording): string;

export function startAttributes(call: DescribedStart, wording: Wording): Attributes;

export function toldUsage({ attempts, spent }: Pick<DescribedCall, 'attempts' | 'spent'>, estimates: boolean): Usage | undefined;

export function wordingOf(semconv: Semconv, estimates?: boolean): Wording;
