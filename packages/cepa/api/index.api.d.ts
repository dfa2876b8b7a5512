// The public surface of cepa. `npm run api` writes this file; a change in it is a change for users.

import type { Adapter } from '@cepa/core'
import type { AnyMiddleware } from '@cepa/core'
import type { Cache } from '@cepa/middleware-cache'
import type { CacheOptions } from '@cepa/middleware-cache'
import type { Exporter } from '@cepa/core'
import type { LoggingOptions } from '@cepa/middleware-logging'
import type { Middleware } from '@cepa/core'
import type { Pipeline } from '@cepa/core'
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
import type { requestId } from '@cepa/middleware-request-id'
import type { retry } from '@cepa/middleware-retry'
import type { telemetry as portable } from '@cepa/middleware-telemetry'
import type { timeout } from '@cepa/middleware-timeout'
import type { timing } from '@cepa/middleware-timing'
import type { tokenCount } from '@cepa/middleware-token-count'

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
export { ProviderError } from '@cepa/core'
export { ProviderErrorKind } from '@cepa/core'
export { RecordFilter } from '@cepa/middleware-telemetry'
export { Redactor } from '@cepa/core'
export { Reply } from '@cepa/core'
export { RequestIdOptions } from '@cepa/middleware-request-id'
export { RetryOptions } from '@cepa/middleware-retry'
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

type Absent<TName extends string> = Middleware<TName>;

export type ConfiguredPipeline = Pipeline<Readonly<Record<string, unknown>>>;

export type DefaultStack = readonly [
    ReturnType<typeof requestId>,
    Telemetry | Absent<'telemetry'>,
    ReturnType<typeof logging<'logging'>>,
    ReturnType<typeof timing<'timing'>>,
    Cache<'cache'> | Absent<'cache'>,
    ReturnType<typeof tokenCount>,
    ReturnType<typeof retry>,
    ReturnType<typeof timeout<'timeout'>>
];

export interface DefaultStackOptions {
    readonly requestId?: RequestIdOptions;
    readonly telemetry?: TelemetryOptions | Telemetry;
    readonly logging?: LoggingOptions;
    readonly timing?: TimingOptions;
    readonly cache?: CacheOptions;
    readonly tokenCount?: TokenCountOptions;
    readonly retry?: RetryOptions;
    readonly timeout?: TimeoutOptions;
}

type Factory<T> = (options: never) => T;

export interface PartConfig {
    readonly use: string;
    readonly [option: string]: unknown;
}

export interface PipelineConfig {
    readonly name?: string;
    readonly adapter: PartConfig;
    readonly layers?: readonly PartConfig[];
}

export interface Registry {
    readonly adapters: Readonly<Record<string, Factory<Adapter>>>;
    readonly middlewares?: Readonly<Record<string, Factory<AnyMiddleware>>>;
    readonly exporters?: Readonly<Record<string, Factory<Exporter>>>;
    readonly values?: Readonly<Record<string, unknown>>;
}

export interface ResponseStream {
    readonly headersSent: boolean;
    readonly destroyed: boolean;
    writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
    write(chunk: string): boolean;
    end(): unknown;
    once(event: 'drain' | 'close', listener: () => void): unknown;
    off(event: 'drain' | 'close', listener: () => void): unknown;
}

export interface SseOptions {
    readonly map?: (event: StreamEvent) => unknown;
    readonly mapError?: (error: unknown) => unknown;
}

export type WebResponse = typeof globalThis extends {
    Response: {
        prototype: infer R;
    };
} ? R : object;

export function configure(config: PipelineConfig, registry: Registry): ConfiguredPipeline;

export function defaultStack(options?: DefaultStackOptions): DefaultStack;

export const logging: <const TName extends string = 'logging'>(options?: LoggingOptions<TName>) => ReturnType<typeof baseLogging<TName>>;

export function pipeTo(reply: Reply, response: ResponseStream, options?: SseOptions): Promise<void>;

export const telemetry: typeof portable;

export function toResponse(reply: Reply, options?: SseOptions & {
    readonly headers?: Readonly<Record<string, string>>;
}): WebResponse;
