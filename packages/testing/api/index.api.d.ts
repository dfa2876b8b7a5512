// The public surface of @cepa/testing. `npm run api` writes this file; a change in it is a change for users.

import type { AbortSignal } from '@cepa/core'
import type { Adapter } from '@cepa/core'
import type { AdapterServer } from '@cepa/core'
import type { AnyFactKey } from '@cepa/core'
import type { AnyMiddleware } from '@cepa/core'
import type { AttemptDetails } from '@cepa/core'
import type { CacheStore } from '@cepa/core'
import type { CallRecord } from '@cepa/core'
import type { CepaError } from '@cepa/core'
import type { ChatRequest } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { Completion } from '@cepa/core'
import type { Ending } from '@cepa/core'
import type { EndingKind } from '@cepa/core'
import type { EventBody } from '@cepa/core'
import type { ExportResult } from '@cepa/core'
import type { Exporter } from '@cepa/core'
import type { ExporterLimits } from '@cepa/core'
import type { Finish } from '@cepa/core'
import type { GroupRecord } from '@cepa/core'
import type { LossRecord } from '@cepa/core'
import type { Middleware } from '@cepa/core'
import type { Note } from '@cepa/core'
import type { Operation } from '@cepa/core'
import type { ProviderErrorKind } from '@cepa/core'
import type { RecordedNote } from '@cepa/core'
import type { Reply } from '@cepa/core'
import type { Requests } from '@cepa/core'
import type { StreamEvent } from '@cepa/core'
import type { TelemetryItem } from '@cepa/core'
import type { Traits } from '@cepa/core'
import type { Usage } from '@cepa/core'

export interface Answer {
    readonly steps?: readonly Step[];
    readonly text?: string;
    readonly failure?: Failure | Error;
    readonly id?: string;
    readonly model?: string;
    readonly providerRequestId?: string;
    readonly headersMs?: number;
    readonly headersUntil?: Promise<unknown> | (() => Promise<unknown>);
    readonly noHeaders?: boolean;
    readonly headersFirst?: boolean;
    readonly everyMs?: number;
    readonly inputTokens?: number;
    readonly usage?: false;
    readonly start?: false;
    readonly headers?: Readonly<Record<string, string>>;
    readonly attempt?: AttemptDetails;
    readonly resend?: string;
    readonly network?: Network;
}

export interface CacheStoreKitOptions {
    readonly make: () => CacheStore | Promise<CacheStore>;
    readonly advance?: (ms: number) => void | Promise<void>;
    readonly maxBytes?: number;
}

export interface Charged {
    readonly inputTokens: number;
    readonly outputTokens: number;
}

export interface Check {
    readonly rule: string;
    readonly name: string;
    readonly ok: boolean;
    readonly detail?: string;
}

export interface Collected {
    readonly events: readonly StreamEvent[];
    readonly text: string;
    readonly error?: Error;
    readonly ending?: Ending;
}

interface ContentStep {
    readonly choice?: number;
    readonly tokens?: number;
}

export interface EndStep {
    readonly end: Finish;
    readonly finishRaw?: string;
    readonly usage?: ScriptedUsage | false;
}

export type Expected<T> = T | ((value: T) => boolean) | (T extends readonly unknown[] ? T : T extends object ? {
    readonly [K in keyof T]?: Expected<T[K]>;
} : never);

export interface ExporterKitOptions {
    readonly make: () => Exporter | Promise<Exporter>;
    readonly arrived?: (exporter: Exporter) => readonly string[] | Promise<readonly string[]>;
    readonly breakDestination?: (exporter: Exporter) => Undo | Promise<Undo>;
    readonly hangDestination?: (exporter: Exporter) => Undo | Promise<Undo>;
}

export interface Failure {
    readonly kind?: ProviderErrorKind;
    readonly status?: number;
    readonly message?: string;
    readonly providerCode?: string;
    readonly retryAfterMs?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

export interface FakeProvider extends Adapter {
    readonly ledger: readonly LedgerEntry[];
    readonly last: LedgerEntry;
    readonly open: number;
    readonly charged: Charged;
    script(script: Script): void;
    readonly closes: number;
    close(): void;
}

export interface FakeProviderOptions {
    readonly name?: string;
    readonly operations?: readonly Operation[];
    readonly identity?: string;
    readonly server?: AdapterServer;
    readonly asynchronous?: boolean;
}

export type Fault =
{
    readonly resetAtByte: number;
}
 | {
    readonly halfCloseAtByte: number;
}
 | {
    readonly endAtByte: number;
}
 | {
    readonly stallAtByte: number;
};

export type FinishedSpans = readonly SpanLike[] | {
    getFinishedSpans(): readonly SpanLike[];
};

export interface FullFailure extends Failure {
    readonly kind: ProviderErrorKind;
    readonly message: string;
    readonly givenStatus?: number;
}

export class KitError extends Error {
    readonly name = "KitError";
    readonly report: KitReport;
    constructor(report: KitReport);
}

export interface KitReport {
    readonly subject: string;
    readonly checks: readonly Check[];
    readonly broken: readonly Check[];
    readonly brokenRules: readonly string[];
}

export interface LedgerEntry {
    readonly index: number;
    readonly callId: string;
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
    readonly request: Requests[Operation];
    readonly headers: Readonly<Record<string, string>>;
    readonly startedAt: number;
    readonly headersAt?: number;
    readonly events: readonly StreamEvent[];
    readonly outcome: Outcome;
    readonly endedAt?: number;
    readonly closedBy?: 'close' | 'signal';
    readonly closeReason?: unknown;
    readonly closes: number;
    readonly pulls: number;
    readonly pullsAfterClose: number;
    readonly pullsOverlapping: number;
    readonly charged: Charged;
}

export interface ListenerCount {
    readonly listeners: number;
    readonly attached: number;
}

export interface MatcherResult {
    readonly pass: boolean;
    readonly message: () => string;
}

export interface MemoryExporter extends Exporter {
    readonly items: readonly TelemetryItem[];
    readonly records: readonly CallRecord[];
    readonly groups: readonly GroupRecord[];
    readonly notes: readonly RecordedNote[];
    readonly losses: readonly LossRecord[];
    readonly batches: readonly number[];
    readonly flushes: number;
    readonly closes: number;
    readonly last: CallRecord;
    clear(): void;
    next(behaviour: ExportResult | Error | 'hang', times?: number): void;
}

export interface MemoryExporterOptions {
    readonly name?: string;
    readonly wants?: readonly TelemetryItem['type'][];
    readonly limits?: ExporterLimits;
    readonly maxItems?: number;
}

export class Meter {
    #private;
    constructor(plan: Plan);
    get charged(): Charged;
    start(): void;
    add(step: Step): void;
    usageAtEnd(step: EndStep): Usage | undefined;
}

export interface MiddlewareKitOptions {
    readonly make: (tell: (value: unknown) => void) => AnyMiddleware;
    readonly name?: string;
    readonly outside?: () => readonly AnyMiddleware[];
    readonly inside?: () => readonly AnyMiddleware[];
    readonly request?: ChatRequest;
    readonly may?: readonly Permission[];
    readonly changes?: boolean;
    readonly badOptions?: readonly (() => unknown)[];
    readonly badCallOptions?: readonly unknown[];
    readonly secrets?: readonly string[];
}

export interface Network {
    readonly cut?: number | readonly number[];
    readonly betweenWritesMs?: number;
    readonly encoding?: 'gzip' | 'deflate' | 'br';
    readonly fault?: Fault;
    readonly faultAfterMs?: number;
    readonly resetBeforeHeaders?: boolean;
    readonly lineEnd?: '\n' | '\r\n' | '\r';
    readonly byteOrderMark?: boolean;
    readonly noSpace?: boolean;
    readonly noFinalNewline?: boolean;
    readonly keepAlive?: string;
    readonly contentType?: string;
}

export type Outcome =
'open'
 | 'ended'
 | 'failed'
 | 'closed';

export interface PendingTimer {
    readonly dueAt: number;
    readonly delayMs: number;
    readonly background: boolean;
}

export type Permission = 'change-events' | 'change-request' | 'change-endings' | 'delay' | 'read-ahead' | 'repeat' | 'answer' | 'outlive' | 'share';

export interface Plan extends Answer {
    readonly id: string;
    readonly model: string;
    readonly providerRequestId: string;
    readonly inputTokens: number;
    readonly steps: readonly Step[];
}

export type Recorded = {
    readonly items: readonly TelemetryItem[];
} | readonly (CallRecord | GroupRecord | RecordedNote)[];

export interface RecordedPass {
    readonly layer: string;
    readonly callId: string;
    readonly request: Requests[Operation];
    readonly events: readonly StreamEvent[];
    readonly notes: readonly Note[];
    readonly endings: readonly Ending[];
    readonly facts: Readonly<Record<string, unknown>>;
}

export interface Recorder {
    readonly log: readonly string[];
    readonly passes: readonly RecordedPass[];
    layer(name: string, options?: RecorderLayerOptions): Middleware<string>;
    passesOf(layer: string): readonly RecordedPass[];
    endingsOf(layer: string): readonly (EndingKind | 'open' | `${EndingKind}, ${string}`)[];
    clear(): void;
}

export interface RecorderLayerOptions {
    readonly handle?: boolean;
    readonly traits?: Traits;
    readonly reads?: readonly AnyFactKey[];
}

export type Script = ScriptedAnswer | ((seen: SeenRequest) => ScriptedAnswer);

export type ScriptedAnswer = string | readonly Step[] | Answer;

export interface ScriptedToolCall {
    readonly name: string;
    readonly id?: string;
    readonly arguments?: unknown;
    readonly argumentsText?: string;
    readonly pieces?: number;
}

export type ScriptedUsage = Partial<Usage>;

export interface SeenRequest {
    readonly index: number;
    readonly attempt: number;
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
    readonly request: Requests[Operation];
    readonly headers: Readonly<Record<string, string>>;
}

export interface SignalProbe extends ListenerCount {
    readonly signal: AbortSignal;
    abort(reason?: unknown): void;
}

export interface SpanLike {
    readonly name: string;
    readonly kind: number;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly status: {
        readonly code: number;
        readonly message?: string;
    };
    readonly duration: readonly [number, number];
    readonly events: readonly {
        readonly name: string;
        readonly attributes?: Readonly<Record<string, unknown>>;
    }[];
    readonly links: readonly {
        readonly context: SpanPlace;
    }[];
    readonly parentSpanContext?: SpanPlace | undefined;
    readonly parentSpanId?: string | undefined;
    spanContext(): SpanPlace;
}

export interface SpanPlace {
    readonly traceId: string;
    readonly spanId: string;
}

export interface SpanView {
    readonly name: string;
    readonly kind: number;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly status: {
        readonly code: number;
        readonly message?: string;
    };
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId: string | undefined;
    readonly durationMs: number;
    readonly events: readonly {
        readonly name: string;
        readonly attributes: Readonly<Record<string, unknown>>;
    }[];
    readonly links: readonly SpanPlace[];
}

export type Step = ({
    readonly text: string;
} & ContentStep) | ({
    readonly reasoning: string;
    readonly signature?: string;
    readonly redacted?: string;
} & ContentStep) | ({
    readonly toolCall: ScriptedToolCall;
} & ContentStep) | {
    readonly usage: ScriptedUsage;
} | {
    readonly source: unknown;
} | {
    readonly file: unknown;
}
 | {
    readonly raw: unknown;
} | {
    readonly embedding: readonly number[];
    readonly index?: number;
}
 | {
    readonly event: EventBody;
}
 | {
    readonly waitMs: number;
}
 | {
    readonly until: Promise<unknown> | (() => Promise<unknown>);
}
 | {
    readonly comment: string;
}
 | {
    readonly error: Failure | Error;
}
 | {
    readonly stall: true;
}
 | {
    readonly truncate: true;
}
 | {
    readonly reset: true;
}
 | {
    readonly drop: true;
}
 | EndStep;

type Undo = () => void | Promise<void>;

export interface VirtualClock extends Clock {
    readonly pending: readonly PendingTimer[];
    advance(ms: number): Promise<void>;
    runAll(): Promise<void>;
    runUntil<T>(promise: Promise<T>): Promise<T>;
    settle(): Promise<void>;
}

export interface VirtualClockOptions {
    readonly startMs?: number;
    readonly epochMs?: number;
}

export interface Wire {
    readonly name: string;
    readonly basePath: string;
    readonly framing: 'sse' | 'ndjson';
    readonly finishes?: readonly Finish[];
    ask(path: string, body: Readonly<Record<string, unknown>>): WireAsk | undefined;
    side?(method: string, path: string, body: Readonly<Record<string, unknown>>): unknown;
    readonly rateLimitPrefix?: string;
    headers(plan: Plan): Readonly<Record<string, string>>;
    stream(context: WireContext): WireStream;
    whole(context: WireContext, steps: readonly Step[]): unknown;
    failure(failure: FullFailure, plan: Plan): WireFailure;
}

export interface WireAsk {
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
}

export interface WireContext {
    readonly plan: Plan;
    readonly seen: SeenRequest;
    readonly meter: Meter;
}

export interface WireFailure {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
}

export interface WireFrame {
    readonly event?: string;
    readonly data: string;
}

export interface WireStream {
    open(): readonly WireFrame[];
    step(step: Step): readonly WireFrame[];
    fail(failure: FullFailure): readonly WireFrame[];
}

export const anthropicWire: Wire;

export function checkCacheStore(options: CacheStoreKitOptions): Promise<KitReport>;

export function checkExporter(options: ExporterKitOptions): Promise<KitReport>;

export function checkMiddleware(options: MiddlewareKitOptions): Promise<KitReport>;

export function collect(reply: Reply | Promise<Reply>, options?: {
    readonly events?: number;
}): Promise<Collected>;

export const fakeProvider: (script?: Script, options?: FakeProviderOptions) => FakeProvider;

export function goldenRecords(records: readonly CallRecord[]): readonly unknown[];

export const inTurn: (...answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]]) => ((seen: SeenRequest) => ScriptedAnswer);

export const memoryExporter: (options?: MemoryExporterOptions) => MemoryExporter;

export const openaiWire: Wire;

export function outcomeOf<T = Completion>(promise: Promise<T>): Promise<{
    readonly value?: T;
    readonly error?: CepaError;
}>;

export const recorder: () => Recorder;

export function signalProbe(): SignalProbe;

export function telemetryFindings(items: readonly TelemetryItem[]): readonly string[];

export const telemetryMatchers: {
    readonly toHaveRecorded: typeof toHaveRecorded;
    readonly toHaveRecordedGroup: typeof toHaveRecordedGroup;
    readonly toHaveRecordedNote: typeof toHaveRecordedNote;
    readonly toHaveSpan: typeof toHaveSpan;
};

export function testCacheStore(options: CacheStoreKitOptions): Promise<KitReport>;

export function testExporter(options: ExporterKitOptions): Promise<KitReport>;

export function testMiddleware(options: MiddlewareKitOptions): Promise<KitReport>;

export const textOf: (events: readonly StreamEvent[]) => string;

export const timeless: (events: readonly StreamEvent[]) => readonly object[];

export const toHaveRecorded: (recorded: Recorded, expected: Expected<CallRecord>) => MatcherResult;

export const toHaveRecordedGroup: (recorded: Recorded, expected: Expected<GroupRecord>) => MatcherResult;

export const toHaveRecordedNote: (recorded: Recorded, expected: Expected<RecordedNote>) => MatcherResult;

export function toHaveSpan(spans: FinishedSpans, expected: Expected<SpanView>): MatcherResult;

export const totalCharged: (entries: readonly {
    readonly charged: Charged;
}[]) => Charged;

export const typesOf: (events: readonly StreamEvent[]) => readonly string[];

export const virtualClock: (options?: VirtualClockOptions) => VirtualClock;

export function watchListeners(signal: AbortSignal): ListenerCount;
