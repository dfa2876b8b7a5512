/**
 * Every call to an LLM provider through an onion of middlewares. Adapters stand in subpaths: `cepa/openai`, `cepa/anthropic`.
 *
 * @module
 */
export {
  AbortedError,
  type Adapter,
  type AnyMiddleware,
  type Attempt,
  type Call,
  type CallOptions,
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
  type FactKey,
  type Feed,
  fact,
  type Handler,
  isContent,
  type Logger,
  type Message,
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
  TimeoutError,
  type Tokenizer,
  type Tool,
  timingFact,
  type Usage,
  usageFact,
} from '@cepa/core'
export { type CacheOptions, cache, getCacheMetrics, memoryStore } from '@cepa/middleware-cache'
export { consoleLogger, type LoggingOptions } from '@cepa/middleware-logging'
export { type RequestIdOptions, requestId } from '@cepa/middleware-request-id'
export { type RetryOptions, retry } from '@cepa/middleware-retry'
export { type TimeoutOptions, timeout } from '@cepa/middleware-timeout'
export { type TimingOptions, timing } from '@cepa/middleware-timing'
export { getTokenTotals, type TokenCountOptions, tokenCount } from '@cepa/middleware-token-count'
export { type ConfiguredPipeline, configure, type PartConfig, type PipelineConfig, type Registry } from './configure.ts'
export { type DefaultStack, type DefaultStackOptions, defaultStack } from './default-stack.ts'
export { logging } from './logging.ts'
export { pipeTo, type ResponseStream } from './pipe-to.ts'
export type { SseOptions } from './sse.ts'
export { toResponse, type WebResponse } from './to-response.ts'
