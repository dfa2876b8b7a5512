// The public surface of @cepa/middleware-logging. `npm run api` writes this file; a change in it is a change for users.

import type { CacheOutcome } from '@cepa/core'
import type { Call } from '@cepa/core'
import type { Ending } from '@cepa/core'
import type { EndingKind } from '@cepa/core'
import type { Finish } from '@cepa/core'
import type { LogFields } from '@cepa/core'
import type { LogLevel } from '@cepa/core'
import type { Logger } from '@cepa/core'
import type { Middleware } from '@cepa/core'
import type { Redactor } from '@cepa/core'
import type { ScrubberOptions } from '@cepa/core'
import type { UsageSource } from '@cepa/core'
import type { cacheFact } from '@cepa/core'
import type { costFact } from '@cepa/core'
import type { requestIdFact } from '@cepa/core'
import type { timingFact } from '@cepa/core'
import type { traceFact } from '@cepa/core'
import type { usageFact } from '@cepa/core'

export interface CallFields extends LogFields, Partial<ErrorFields> {
    readonly requestId: string;
    readonly traceId?: string;
    readonly spanId?: string;
    readonly operation: 'chat' | 'embed';
    readonly mode: 'stream' | 'complete';
    readonly provider?: string;
    readonly model: string;
    readonly answeredModel?: string;
    readonly ending: EndingKind;
    readonly reason?: string;
    readonly ms: number;
    readonly headersMs?: number;
    readonly firstTokenMs?: number;
    readonly outputTokensPerSecond?: number;
    readonly providerMs: number;
    readonly consumerMs: number;
    readonly attempts: number;
    readonly bytesSent?: number;
    readonly bytesReceived?: number;
    readonly wireBytesReceived?: number;
    readonly inputTokens?: number;
    readonly outputTokens?: number;
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly cacheReadTokens?: number;
    readonly cacheWriteTokens?: number;
    readonly reasoningTokens?: number;
    readonly usageSource?: UsageSource;
    readonly spentInputTokens?: number;
    readonly spentOutputTokens?: number;
    readonly costUsd?: number;
    readonly costBasis?: UsageSource;
    readonly costUnknown?: string;
    readonly cache?: CacheOutcome['outcome'];
    readonly cacheAgeMs?: number;
    readonly finish?: Finish;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly detached?: string;
}

export type ConsoleLike = Readonly<Record<LogLevel, (line: string) => void>>;

export interface ConsoleLoggerOptions {
    readonly console?: ConsoleLike;
    readonly colors?: boolean;
    readonly now?: () => number;
}

export interface ErrorFields extends LogFields {
    readonly errorName: string;
    readonly errorMessage: string;
    readonly errorCode?: string;
    readonly errorKind?: string;
    readonly status?: number;
    readonly retryable?: boolean;
    readonly retryAfterMs?: number;
    readonly providerRequestId?: string;
    readonly errorCause?: string;
    readonly errorStack?: string;
}

export type LogThreshold = LogLevel | 'silent';

export interface LoggedError extends LoggedRequest {
    readonly ending: Extract<Ending, {
        readonly kind: 'failed' | 'aborted';
    }>;
    readonly fields: CallFields;
}

export interface LoggedRequest {
    readonly requestId: string;
    readonly call: Call;
}

export interface LoggedResponse extends LoggedRequest {
    readonly ending: Exclude<Ending, {
        readonly kind: 'failed' | 'aborted';
    }>;
    readonly fields: CallFields;
}

export interface LoggingCallOptions {
    readonly level?: LogThreshold;
    readonly slowMs?: number | false;
    readonly content?: boolean;
}

export interface LoggingOptions<TName extends string = string> extends LoggingCallOptions, ScrubberOptions {
    readonly name?: TName;
    readonly logger?: Logger;
    readonly redact?: Redactor;
    readonly maxContentBytes?: number;
    readonly onRequest?: (told: LoggedRequest) => unknown;
    readonly onResponse?: (told: LoggedResponse) => unknown;
    readonly onError?: (told: LoggedError) => unknown;
}

type Reads = readonly [
    typeof requestIdFact.optional,
    typeof traceFact.optional,
    typeof timingFact,
    typeof usageFact,
    typeof costFact,
    typeof cacheFact
];

export function consoleLogger(given?: ConsoleLoggerOptions): Logger;

export function logging<const TName extends string = 'logging'>(given?: LoggingOptions<TName>): Middleware<TName, Reads, readonly [], LoggingCallOptions>;
