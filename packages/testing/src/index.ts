export { type Collected, collect, outcomeOf, textOf, timeless, typesOf } from './collect.ts'
export type { FullFailure } from './failure.ts'
export { type FakeProvider, type FakeProviderOptions, fakeProvider } from './fake-provider.ts'
export { type CacheStoreKitOptions, checkCacheStore, testCacheStore } from './kit/cache-store.ts'
export { checkExporter, type ExporterKitOptions, testExporter } from './kit/exporter.ts'
export { checkMiddleware, testMiddleware } from './kit/middleware.ts'
export type { MiddlewareKitOptions, Permission } from './kit/middleware-options.ts'
export { type Check, KitError, type KitReport } from './kit/report.ts'
export { type LedgerEntry, type Outcome, totalCharged } from './ledger.ts'
export type { Charged, Meter } from './meter.ts'
export type { Fault, Network } from './network.ts'
export type { Plan } from './plan.ts'
export { type RecordedPass, type Recorder, type RecorderLayerOptions, recorder } from './recorder.ts'
export {
  type Answer,
  type EndStep,
  type Failure,
  inTurn,
  type Script,
  type ScriptedAnswer,
  type ScriptedToolCall,
  type ScriptedUsage,
  type SeenRequest,
  type Step,
} from './script.ts'
export { type ListenerCount, type SignalProbe, signalProbe, watchListeners } from './signal-probe.ts'
export type { Expected, MatcherResult } from './telemetry/expected.ts'
export { telemetryFindings } from './telemetry/findings.ts'
export { goldenRecords } from './telemetry/golden.ts'
export {
  type Recorded,
  telemetryMatchers,
  toHaveRecorded,
  toHaveRecordedGroup,
  toHaveRecordedNote,
} from './telemetry/matchers.ts'
export { type MemoryExporter, type MemoryExporterOptions, memoryExporter } from './telemetry/memory-exporter.ts'
export {
  type FinishedSpans,
  type SpanLike,
  type SpanPlace,
  type SpanView,
  toHaveSpan,
} from './telemetry/span-matcher.ts'
export { type PendingTimer, type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts'
export {
  anthropicWire,
  openaiWire,
  type Wire,
  type WireAsk,
  type WireContext,
  type WireFailure,
  type WireFrame,
  type WireStream,
} from './wires/index.ts'
