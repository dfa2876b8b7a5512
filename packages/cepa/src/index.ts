/**
 * Every call to an LLM provider through an onion of middlewares. Adapters stand in subpaths: `cepa/openai`, `cepa/anthropic`. So does what
 * runs on Node alone, `cepa/file` and `cepa/node`, loggers for what a team has already, `cepa/pino`, `cepa/winston`, `cepa/bunyan`,
 * `cepa/logtape`, and what is installed beside this package: `cepa/opentelemetry`, `cepa/otlp`, `cepa/prices`, `cepa/prometheus`,
 * `cepa/remote`.
 *
 * @module
 */
export {
  AbortedError,
  type AbortSignal,
  type Adapter,
  type AnyMiddleware,
  type Attempt,
  type Call,
  type CallOptions,
  type CallRecord,
  CepaError,
  type ChatRequest,
  type Clock,
  ClosedError,
  type Completion,
  ContractError,
  cacheFact,
  costFact,
  type EmbedRequest,
  EndedError,
  type Ending,
  type Explanation,
  type Exporter,
  type ExportResult,
  type FactKey,
  type Feed,
  fact,
  type GroupRecord,
  type Handler,
  isContent,
  type Logger,
  type Message,
  type MetricRow,
  type MetricsSnapshot,
  type Middleware,
  type MiddlewareSpec,
  messageOf,
  middleware,
  type NoteKey,
  noteKey,
  OptionError,
  type Pipeline,
  type PriceTable,
  ProviderError,
  type ProviderErrorKind,
  pipeline,
  type Redactor,
  Reply,
  requestIdFact,
  route,
  StackError,
  type StreamEvent,
  stack,
  type TelemetryItem,
  TimeoutError,
  type Tokenizer,
  type Tool,
  timingFact,
  traceFact,
  type Usage,
  usageFact,
} from '@cepa/core'
export { type ConsoleExporterOptions, consoleExporter } from '@cepa/exporter-console'
export { type CacheOptions, cache, getCacheMetrics, memoryStore } from '@cepa/middleware-cache'
export { consoleLogger, type LoggingOptions } from '@cepa/middleware-logging'
export type {
  ChromeTrace,
  ProfileReport,
  Profiler,
  ProfilerOptions,
  SlowCall,
} from '@cepa/middleware-profiler'
export { type RequestIdOptions, requestId } from '@cepa/middleware-request-id'
export { type RetryOptions, retry } from '@cepa/middleware-retry'
export {
  type AlertRule,
  type Group,
  type GroupOptions,
  group,
  type RecordFilter,
  type Telemetry,
  type TelemetryCallOptions,
  type TelemetryOptions,
} from '@cepa/middleware-telemetry'
export { type TimeoutOptions, timeout } from '@cepa/middleware-timeout'
export { type TimingOptions, timing } from '@cepa/middleware-timing'
export { getTokenTotals, type TokenCountOptions, tokenCount } from '@cepa/middleware-token-count'
export type { PartConfig } from './config-parts.ts'
export { type ConfiguredPipeline, configure, type PipelineConfig, type Registry } from './configure.ts'
export { type DefaultStackOptions, defaultStack } from './default-stack.ts'
export type { DefaultStack, Joining } from './joining-layers.ts'
export { logging } from './logging.ts'
export { pipeTo, type ResponseStream } from './pipe-to.ts'
export { profiler } from './profiler.ts'
export type { SseOptions } from './sse.ts'
export { telemetry } from './telemetry.ts'
export { type ToResponseOptions, toResponse, type WebResponse } from './to-response.ts'
export type { ReplySource } from './visit.ts'
