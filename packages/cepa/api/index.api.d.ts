// The public surface of cepa. `npm run api` writes this file; a change in it is a change for users.

import type { AbortSignal } from '@cepa/core'
import type { Adapter } from '@cepa/core'
import type { AnyMiddleware } from '@cepa/core'
import type { Cache } from '@cepa/middleware-cache'
import type { CacheOptions } from '@cepa/middleware-cache'
import type { Exporter } from '@cepa/core'
import type { LoggingOptions } from '@cepa/middleware-logging'
import type { Middleware } from '@cepa/core'
import type { Pipeline } from '@cepa/core'
import type { Profiler } from '@cepa/middleware-profiler'
import type { ProfilerOptions } from '@cepa/middleware-profiler'
import type { Reply } from '@cepa/core'
import type { RequestIdOptions } from '@cepa/middleware-request-id'
import type { RetryOptions } from '@cepa/middleware-retry'
import type { StreamEvent } from '@cepa/core'
import type { Telemetry } from '@cepa/middleware-telemetry'
import type { TelemetryOptions } from '@cepa/middleware-telemetry'
import type { TimeoutOptions } from '@cepa/middleware-timeout'
import type { TimingOptions } from '@cepa/middleware-timing'
import type { TokenCountOptions } from '@cepa/middleware-token-count'
import type { logging as baseLogging } from '@cepa/middleware-logging'
import type { logging } from '@cepa/middleware-logging'
import type { profiler as portable } from '@cepa/middleware-profiler'
import type { requestId } from '@cepa/middleware-request-id'
import type { retry } from '@cepa/middleware-retry'
import type { telemetry as portable } from '@cepa/middleware-telemetry'
import type { timeout } from '@cepa/middleware-timeout'
import type { timing } from '@cepa/middleware-timing'
import type { tokenCount } from '@cepa/middleware-token-count'

export { AbortSignal } from '@cepa/core'
export { AbortedError } from '@cepa/core'
export { Adapter } from '@cepa/core'
export { AlertRule } from '@cepa/middleware-telemetry'
export { AnyMiddleware } from '@cepa/core'
export { Attempt } from '@cepa/core'
export { CacheOptions } from '@cepa/middleware-cache'
export { Call } from '@cepa/core'
export { CallOptions } from '@cepa/core'
export { CallRecord } from '@cepa/core'
export { CepaError } from '@cepa/core'
export { ChatRequest } from '@cepa/core'
export { ChromeTrace } from '@cepa/middleware-profiler'
export { Clock } from '@cepa/core'
export { ClosedError } from '@cepa/core'
export { Completion } from '@cepa/core'
export { ConsoleExporterOptions } from '@cepa/exporter-console'
export { ContractError } from '@cepa/core'
export { EmbedRequest } from '@cepa/core'
export { EndedError } from '@cepa/core'
export { Ending } from '@cepa/core'
export { Explanation } from '@cepa/core'
export { ExportResult } from '@cepa/core'
export { Exporter } from '@cepa/core'
export { FactKey } from '@cepa/core'
export { Feed } from '@cepa/core'
export { Group } from '@cepa/middleware-telemetry'
export { GroupOptions } from '@cepa/middleware-telemetry'
export { GroupRecord } from '@cepa/core'
export { Handler } from '@cepa/core'
export { Logger } from '@cepa/core'
export { LoggingOptions } from '@cepa/middleware-logging'
export { Message } from '@cepa/core'
export { MetricRow } from '@cepa/core'
export { MetricsSnapshot } from '@cepa/core'
export { Middleware } from '@cepa/core'
export { MiddlewareSpec } from '@cepa/core'
export { NoteKey } from '@cepa/core'
export { OptionError } from '@cepa/core'
export { Pipeline } from '@cepa/core'
export { PriceTable } from '@cepa/core'
export { ProfileReport } from '@cepa/middleware-profiler'
export { Profiler } from '@cepa/middleware-profiler'
export { ProfilerOptions } from '@cepa/middleware-profiler'
export { ProviderError } from '@cepa/core'
export { ProviderErrorKind } from '@cepa/core'
export { RecordFilter } from '@cepa/middleware-telemetry'
export { Redactor } from '@cepa/core'
export { Reply } from '@cepa/core'
export { RequestIdOptions } from '@cepa/middleware-request-id'
export { RetryOptions } from '@cepa/middleware-retry'
export { SlowCall } from '@cepa/middleware-profiler'
export { StackError } from '@cepa/core'
export { StreamEvent } from '@cepa/core'
export { Telemetry } from '@cepa/middleware-telemetry'
export { TelemetryCallOptions } from '@cepa/middleware-telemetry'
export { TelemetryItem } from '@cepa/core'
export { TelemetryOptions } from '@cepa/middleware-telemetry'
export { TimeoutError } from '@cepa/core'
export { TimeoutOptions } from '@cepa/middleware-timeout'
export { TimingOptions } from '@cepa/middleware-timing'
export { TokenCountOptions } from '@cepa/middleware-token-count'
export { Tokenizer } from '@cepa/core'
export { Tool } from '@cepa/core'
export { Usage } from '@cepa/core'
export { cache } from '@cepa/middleware-cache'
export { cacheFact } from '@cepa/core'
export { consoleExporter } from '@cepa/exporter-console'
export { consoleLogger } from '@cepa/middleware-logging'
export { costFact } from '@cepa/core'
export { fact } from '@cepa/core'
export { getCacheMetrics } from '@cepa/middleware-cache'
export { getTokenTotals } from '@cepa/middleware-token-count'
export { group } from '@cepa/middleware-telemetry'
export { isContent } from '@cepa/core'
export { memoryStore } from '@cepa/middleware-cache'
export { messageOf } from '@cepa/core'
export { middleware } from '@cepa/core'
export { noteKey } from '@cepa/core'
export { pipeline } from '@cepa/core'
export { requestId } from '@cepa/middleware-request-id'
export { requestIdFact } from '@cepa/core'
export { retry } from '@cepa/middleware-retry'
export { route } from '@cepa/core'
export { stack } from '@cepa/core'
export { timeout } from '@cepa/middleware-timeout'
export { timing } from '@cepa/middleware-timing'
export { timingFact } from '@cepa/core'
export { tokenCount } from '@cepa/middleware-token-count'
export { traceFact } from '@cepa/core'
export { usageFact } from '@cepa/core'

export type ConfiguredPipeline = Pipeline<Readonly<Record<string, unknown>>>;

export type DefaultStack<TGiven extends Joining = never, TMaybe extends Joining = never> = readonly [
    ReturnType<typeof requestId>,
    PlaceOf<'telemetry', TGiven, TMaybe>,
    ReturnType<typeof logging<'logging'>>,
    ReturnType<typeof timing<'timing'>>,
    PlaceOf<'profiler', TGiven, TMaybe>,
    PlaceOf<'cache', TGiven, TMaybe>,
    ReturnType<typeof tokenCount>,
    ReturnType<typeof retry>,
    ReturnType<typeof timeout<'timeout'>>
];

export interface DefaultStackOptions {
    readonly requestId?: RequestIdOptions;
    readonly telemetry?: TelemetryOptions<'telemetry'> | Telemetry | undefined;
    readonly logging?: LoggingOptions<'logging'>;
    readonly timing?: TimingOptions<'timing'>;
    readonly profiler?: ProfilerOptions<'profiler'> | Profiler | undefined;
    readonly cache?: CacheOptions<'cache'> | undefined;
    readonly tokenCount?: TokenCountOptions;
    readonly retry?: RetryOptions;
    readonly timeout?: TimeoutOptions<'timeout'>;
}

type Factory<T> = (options: never) => T;

interface Joined {
    readonly telemetry: {
        readonly layer: Telemetry;
        readonly absent: Middleware<'noTelemetry'>;
    };
    readonly profiler: {
        readonly layer: Profiler;
        readonly absent: Middleware<'noProfiler'>;
    };
    readonly cache: {
        readonly layer: Cache<'cache'>;
        readonly absent: Middleware<'noCache'>;
    };
}

export type Joining = keyof Joined;

export interface PartConfig {
    readonly use: string;
    readonly [option: string]: unknown;
}

export interface PipelineConfig {
    readonly name?: string;
    readonly adapter: PartConfig;
    readonly layers?: readonly PartConfig[];
    readonly unreadAfterMs?: number;
    readonly allow?: readonly string[];
}

type PlaceOf<K extends Joining, TGiven, TMaybe> = K extends TGiven ? Joined[K]['layer'] : K extends TMaybe ? Joined[K]['layer'] | Joined[K]['absent'] : Joined[K]['absent'];

export interface Registry {
    readonly adapters: Readonly<Record<string, Factory<Adapter>>>;
    readonly middlewares?: Readonly<Record<string, Factory<AnyMiddleware>>>;
    readonly exporters?: Readonly<Record<string, Factory<Exporter>>>;
    readonly values?: Readonly<Record<string, unknown>>;
}

export type ReplySource = Reply | ((signal: AbortSignal) => Reply | Promise<Reply>);

export interface ResponseStream {
    readonly headersSent: boolean;
    readonly destroyed: boolean;
    writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
    flushHeaders?(): void;
    write(chunk: string): boolean;
    end(): unknown;
    once(event: 'drain' | 'close', listener: () => void): unknown;
    off(event: 'drain' | 'close', listener: () => void): unknown;
}

export interface SseOptions {
    readonly map?: (event: StreamEvent) => unknown;
    readonly mapError?: (error: unknown) => unknown;
}

export interface ToResponseOptions extends SseOptions {
    readonly headers?: Readonly<Record<string, string>>;
}

export type WebResponse = typeof globalThis extends {
    Response: {
        prototype: infer R;
    };
} ? R : object;

export function configure(config: PipelineConfig, registry: Registry): ConfiguredPipeline;

export function defaultStack<TGiven extends keyof DefaultStackOptions = never>(options?: {
    readonly [K in TGiven]: Exclude<DefaultStackOptions[K], undefined>;
}): DefaultStack<Extract<TGiven, Joining>>;
export function defaultStack(options?: DefaultStackOptions): DefaultStack<never, Joining>;

export const logging: <const TName extends string = 'logging'>(options?: LoggingOptions<TName>) => ReturnType<typeof baseLogging<TName>>;

export function pipeTo(answer: ReplySource, response: ResponseStream, options?: SseOptions): Promise<void>;

export const profiler: typeof portable;

export const telemetry: typeof portable;

export function toResponse(answer: ReplySource, options?: ToResponseOptions): WebResponse;
