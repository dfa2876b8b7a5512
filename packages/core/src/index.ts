export type { Adapter, AdapterServer, Handler } from './adapter.ts'
export type { Attempt, AttemptDetails, AttemptReport } from './attempt.ts'
export type { CacheEntry, CacheSetOptions, CacheStore, CacheStoreStats } from './cache-store.ts'
export type { AdapterCall, Call, CallChange, CallerOptions, CallOf, ChatCall, DetachedCall, EmbedCall } from './call.ts'
export { CallMeter } from './call-meter.ts'
export type { CallOptions } from './caller.ts'
export { type Clock, systemClock } from './clock.ts'
export { type Choice, type Completion, CompletionAccumulator, messageOf } from './completion.ts'
export {
  attemptEndNote,
  attemptStartNote,
  type DetachedEnd,
  detachedEndNote,
  type Fault,
  faultNote,
} from './core-notes.ts'
export { cutToBytes } from './cut-to-bytes.ts'
export type { AtEnd, Ending, EndingKind } from './ending.ts'
export {
  AbortedError,
  CepaError,
  ClosedError,
  ContractError,
  EndedError,
  type ErrorCode,
  isRetryableKind,
  type Limit,
  OptionError,
  type OptionProblem,
  ProviderError,
  type ProviderErrorKind,
  type ProviderFailure,
  StackError,
  type TimeoutDetails,
  TimeoutError,
} from './errors.ts'
export {
  type CandidateFinish,
  type EventBody,
  type Finish,
  isContent,
  type StreamEvent,
  type ToolCall,
  type Usage,
  type UsageSource,
} from './event.ts'
export type { Explanation } from './explain.ts'
export {
  type ExportContext,
  type Exporter,
  type ExporterLimits,
  type ExportResult,
  LOSS_SCHEMA,
  type LossReason,
  type LossRecord,
  NOTE_SCHEMA,
  type RecordedNote,
  type TelemetryItem,
} from './exporter.ts'
export { type AnyFactKey, type FactDirection, type FactKey, type FactsOf, fact } from './fact.ts'
export type { EventSource, Feed } from './feed.ts'
export { GROUP_SCHEMA, type GroupRecord } from './group-record.ts'
export type { GroupSpan, GroupSpanHost, GroupSpans, GroupStart, SpannedParent } from './group-span.ts'
export {
  type AttemptCost,
  type CacheOutcome,
  type CallCost,
  type CallUsage,
  cacheFact,
  costFact,
  type PriceOrigin,
  requestIdFact,
  type Timing,
  type TokenGaps,
  timingFact,
  usageFact,
} from './known-facts.ts'
export {
  type CallStarted,
  cacheLookupNote,
  callStartNote,
  type FirstToken,
  firstTokenNote,
  type LogTold,
  logNote,
  type RetryTold,
  retryNote,
} from './known-notes.ts'
export { type LoggedUsage, loggedUsage } from './logged-usage.ts'
export type { LogFields, Logger, LogLevel } from './logger.ts'
export {
  type AttemptMetricRow,
  type InFlightRow,
  METRICS_SCHEMA,
  type MetricBucket,
  type MetricLabels,
  type MetricRow,
  type MetricSpread,
  type MetricsSnapshot,
} from './metrics-snapshot.ts'
export type {
  DeliveryStats,
  MetricDimension,
  MetricsQuery,
  MetricsSource,
  ProviderState,
  ProviderStatus,
  TelemetryHealth,
} from './metrics-source.ts'
export { type AnyMiddleware, type Middleware, type MiddlewareSpec, middleware, type Traits } from './middleware.ts'
export { Named } from './named.ts'
export { layersWithin } from './nested.ts'
export { type Note, type NoteKey, noteKey } from './note.ts'
export {
  anyOf,
  anything,
  flag,
  func,
  having,
  integer,
  list,
  number,
  type OptionFinding,
  type OptionRules,
  oneOf,
  type Rule,
  record,
  required,
  text,
} from './option-rules.ts'
export { type Checked, checkOptions, dataOf, group } from './options.ts'
export { type Pipeline, type PipelineOptions, pipeline } from './pipeline.ts'
export { plainContent, plainData } from './plain-data.ts'
export type { MediaKind, NoPrice, Price, PriceRequest, PriceTable } from './price-table.ts'
export { Quantiles } from './quantiles.ts'
export {
  type CallRecord,
  RECORD_SCHEMA,
  type RecordedChoice,
  type RecordedDurations,
  type RecordedParameters,
  type RecordedSampling,
  type RecordedSelfTime,
  type RecordedTrace,
} from './record.ts'
export { recordedError } from './record-error.ts'
export type { RecordedAttempt } from './recorded-attempt.ts'
export type {
  RecordedAnswer,
  RecordedContent,
  RecordedHashes,
  RecordedMessage,
  RecordedToolCall,
} from './recorded-content.ts'
export type { RecordedCause, RecordedError, RecordedFault } from './recorded-error.ts'
export { type ContentPart, type Redactor, redactText } from './redactor.ts'
export type { ReplyFrom, ReplyFromOptions, Transform } from './reply.ts'
export { Reply } from './reply.ts'
export type {
  AssistantMessage,
  ChatRequest,
  EmbedRequest,
  FilePart,
  ImagePart,
  MediaSource,
  Message,
  Operation,
  ReasoningPart,
  Requests,
  ResponseFormat,
  SystemMessage,
  TextPart,
  Tool,
  ToolCallPart,
  ToolMessage,
  ToolResultPart,
  UserMessage,
} from './request.ts'
export { type Route, route } from './route.ts'
export { type JsonSchema, jsonSchemaOf, type Schema, type StandardSchema } from './schema.ts'
export { isSecretName, REDACTED, scrubSecrets } from './secrets.ts'
export { shownData, shownItems, shownText } from './shown-content.ts'
export { type AbortSignal, createController } from './signal.ts'
export { type CheckedStack, type Layer, type LayerOptions, stack } from './stack.ts'
export { type ScrubberOptions, textScrubber } from './text-scrubber.ts'
export { type CallTimes, type SelfTime, TIMED_HOOKS, type TimedHook, type TimeSpan } from './times/call-times.ts'
export type { Tokenizer } from './tokenizer.ts'
export type { ToldOptions } from './told-options.ts'
export { toldText } from './told-text.ts'
export {
  baggageFact,
  type CallTrace,
  parentTraceOf,
  parseTraceparent,
  type TraceContext,
  type TraceParent,
  traceFact,
  traceparentFact,
  traceparentOf,
  tracestateFact,
} from './trace-context.ts'
export { leastCertain, sumUsage } from './usage-sum.ts'
