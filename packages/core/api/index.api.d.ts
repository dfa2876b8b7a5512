// The public surface of @cepa/core. `npm run api` writes this file; a change in it is a change for users.

export type AbortSignal = typeof globalThis extends {
    AbortSignal: {
        prototype: infer S;
    };
} ? S : MinimalSignal;

export class AbortedError extends CepaError {
    readonly name = "AbortError";
    readonly code = "CEPA_ABORTED";
    constructor(reason?: unknown);
}

export interface Adapter {
    readonly name: string;
    readonly operations: readonly Operation[];
    identity(request: Requests[Operation]): string;
    handle(call: AdapterCall): Promise<Reply>;
    readonly server?: AdapterServer;
    readonly data?: Readonly<Record<string, unknown>>;
    close?(): void | Promise<void>;
}

export type AdapterCall = Call & {
    readonly attempt: AttemptReport;
};

export type AdapterServer = Readonly<Pick<AttemptDetails, 'serverAddress' | 'serverPort'>>;

export type AnyFactKey = FactKey<any, string, FactDirection, boolean>;

export type AnyMiddleware = Middleware<string, readonly AnyFactKey[], readonly AnyFactKey[]>;

interface AssemblyOptions {
    readonly adapter: Adapter;
    readonly layers?: readonly Layer[];
    readonly name?: string;
    readonly clock?: Clock;
    readonly report?: (fault: Fault) => void;
    readonly unreadAfterMs?: number;
    readonly allow?: readonly string[];
}

export interface AssistantMessage {
    readonly role: 'assistant';
    readonly content: string | readonly (TextPart | ReasoningPart | ToolCallPart | FilePart)[];
}

export interface AtEnd {
    readonly completion: Completion;
    readonly at: number;
    readonly providerMs: number;
    readonly consumerMs: number;
}

export interface Attempt extends Readonly<AttemptDetails> {
    readonly index: number;
    readonly provider: string;
    readonly model: string;
    readonly startedAt: number;
    readonly reason?: string;
    readonly ending?: Ending;
    readonly usage?: Usage;
    readonly won: boolean;
}

export interface AttemptCost {
    readonly usd?: number;
    readonly unknown?: string;
    readonly basis?: Usage['source'];
    readonly parts?: Readonly<Record<string, number>>;
    readonly prices?: PriceOrigin;
}

export interface AttemptDetails {
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

export interface AttemptMetricRow {
    readonly labels: MetricLabels;
    readonly attempts: number;
    readonly errors: Readonly<Record<string, number>>;
    readonly durationMs?: MetricSpread;
}

export interface AttemptReport {
    report(details: AttemptDetails): void;
    again(reason: string, error: Error): void;
}

interface Base<T> {
    readonly default?: T;
    readonly secret?: boolean;
}

export interface CacheEntry {
    readonly value: Uint8Array;
    readonly storedAt: number;
    readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

export interface CacheOutcome {
    readonly outcome: 'hit' | 'miss' | 'stale' | 'joined' | 'bypass' | 'refresh' | 'record' | 'error';
    readonly keyHash?: string;
    readonly ageMs?: number;
    readonly lookupMs?: number;
    readonly saved?: Usage;
    readonly savedUsd?: number;
    readonly savedMs?: number;
}

export interface CacheSetOptions {
    readonly ttlMs: number;
}

export interface CacheStore {
    readonly name: string;
    get(key: string): CacheEntry | undefined | Promise<CacheEntry | undefined>;
    set(key: string, entry: CacheEntry, options: CacheSetOptions): void | Promise<void>;
    delete(key: string): void | Promise<void>;
    stats?(): CacheStoreStats;
    close?(): void | Promise<void>;
}

export interface CacheStoreStats {
    readonly entries?: number;
    readonly bytes?: number;
    readonly evictions?: number;
}

export type Call<F = unknown, TOptions = unknown> = ChatCall<F, TOptions> | EmbedCall<F, TOptions>;

export interface CallChange<O extends Operation = Operation> {
    readonly request?: Requests[O];
    readonly signal?: AbortSignal;
    readonly headers?: Readonly<Record<string, string>>;
    readonly idleMs?: number;
    readonly progress?: () => string;
}

export interface CallCost {
    readonly usd?: number;
    readonly unknown?: string;
    readonly basis?: Usage['source'];
    readonly attempts: readonly AttemptCost[];
    readonly prices?: PriceOrigin;
}

export class CallMeter {
    #private;
    constructor(call: Call);
    firstContent(event: StreamEvent): void;
    event(event: StreamEvent): void;
    report(call: Call, ending: Ending, attempts?: readonly Attempt[]): Timing;
}

export interface CallOf<O extends Operation, F = unknown, TOptions = unknown> {
    readonly id: string;
    readonly pipeline: string;
    readonly provider: string;
    readonly server: AdapterServer | undefined;
    readonly operation: O;
    readonly mode: 'stream' | 'complete';
    readonly request: Requests[O];
    readonly signal: AbortSignal;
    readonly clock: Clock;
    readonly startedAt: number;
    readonly attributes: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly caller: CallerOptions;
    readonly options: TOptions | undefined;
    readonly facts: Readonly<F>;
    readonly attempts: readonly Attempt[];
    readonly detached: string | undefined;
    readonly identity: string;
    with(change: CallChange): Call<F, TOptions>;
    give<T>(key: FactKey<T>, value: T): void;
    emit<T>(key: NoteKey<T>, value: T): void;
    hears(): boolean;
    times(): CallTimes | undefined;
    onTimes(listener: (times: CallTimes) => void): void;
    detach(reason: string): DetachedCall<F>;
}

export interface CallOptions<TLayers = object> extends CallerOptions {
    readonly layers?: TLayers;
}

export interface CallRecord {
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

export interface CallStarted {
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
    readonly provider: string;
    readonly model: string;
}

export interface CallTimes {
    readonly self: readonly SelfTime[];
    readonly providerMs: number;
    readonly consumerMs: number;
    readonly wallMs: number;
    readonly startedAt: number;
    readonly events: number;
    readonly timedEvents: number;
    readonly spans: readonly TimeSpan[];
}

export interface CallTrace extends TraceContext {
    readonly parentSpanId?: string;
    readonly hasSpan?: boolean;
    readonly callId?: string;
    readonly ofDetached?: (end: DetachedEnd) => CallTrace | undefined;
}

export interface CallUsage {
    readonly answer?: Usage;
    readonly spent?: Usage;
    readonly attempts: readonly (Usage | undefined)[];
}

export interface CallerOptions {
    readonly signal?: AbortSignal;
    readonly deadlineMs?: number;
    readonly requestId?: string;
    readonly parent?: unknown;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
}

export interface CandidateFinish {
    readonly finish: Finish;
    readonly finishRaw?: string;
}

export abstract class CepaError extends Error {
    abstract readonly code: ErrorCode;
    readonly ending?: Ending;
}

type Change = (text: string) => string;

export type ChatCall<F = unknown, TOptions = unknown> = CallOf<'chat', F, TOptions>;

export interface ChatRequest {
    readonly model: string;
    readonly messages: readonly Message[];
    readonly tools?: readonly Tool[];
    readonly toolChoice?: 'auto' | 'none' | 'required' | {
        readonly tool: string;
    };
    readonly parallelToolCalls?: boolean;
    readonly responseFormat?: ResponseFormat;
    readonly maxOutputTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly topK?: number;
    readonly presencePenalty?: number;
    readonly frequencyPenalty?: number;
    readonly seed?: number;
    readonly stop?: readonly string[];
    readonly candidates?: number;
    readonly logProbabilities?: number;
    readonly reasoning?: {
        readonly effort?: string;
        readonly maxTokens?: number;
    };
    readonly providerOptions?: Readonly<Record<string, unknown>>;
}

type CheckAll<T extends readonly unknown[], TSure = never, TOuter = never> = T extends readonly [infer H, ...infer R] ? readonly [
    CheckOne<H, TSure, TOuter, R>,
    ...CheckAll<R, TSure | SureInFacts<H>, TOuter | (GivesOf<H> & AnyFactKey)['name']>
] : readonly [];

type CheckOne<H, TSure, TOuter, TInside extends readonly unknown[]> = [MissingIn<H, TSure>] extends [never] ? [LateIn<H, TOuter, TInside>] extends [never] ? [EarlyOut<H, TOuter, TInside>] extends [never] ? unknown : `${NameOf<H>} reads the fact '${EarlyOut<H, TOuter, TInside> & string}': the layer that gives it must stand further in` : `${NameOf<H>} reads the fact '${LateIn<H, TOuter, TInside> & string}': the layer that gives it must stand further out` : `${NameOf<H>} needs the fact '${MissingIn<H, TSure> & string}': put a layer that always gives it further out`;

export type Checked<T, R> = T & {
    readonly [K in keyof T & keyof R as R[K] extends {
        readonly default: unknown;
    } ? K : never]-?: Exclude<T[K], undefined>;
};

export type CheckedStack<T extends readonly Layer[]> = {
    [I in keyof T]: T[I] & (number extends T['length'] ? 'a plain array has no order that can be checked: make it with stack()' : I extends keyof CheckAll<T> ? CheckAll<T>[I] : unknown);
};

export interface Choice {
    readonly text: string;
    readonly reasoning: string;
    readonly toolCalls: readonly ToolCall[];
    readonly parts: readonly (TextPart | ReasoningPart | ToolCallPart)[];
    readonly finish?: Finish;
    readonly finishRaw?: string;
}

export interface Clock {
    now(): number;
    epochMs(): number;
    setTimer(delayMs: number, run: () => void, options?: {
        readonly background?: boolean;
    }): () => void;
}

export class ClosedError extends CepaError {
    readonly name = "ClosedError";
    readonly code = "CEPA_CLOSED";
    constructor(pipeline: string);
}

export interface Completion extends Choice {
    readonly id?: string;
    readonly model?: string;
    readonly usage?: Usage;
    readonly sources: readonly unknown[];
    readonly files: readonly unknown[];
    readonly embeddings: readonly (readonly number[])[];
    readonly choices?: readonly Choice[];
}

export class CompletionAccumulator {
    #private;
    add(event: StreamEvent): void;
    snapshot(): Completion;
}

export type ContentPart = 'request' | 'answer';

export class ContractError extends CepaError {
    readonly name = "ContractError";
    readonly code = "CEPA_CONTRACT";
    readonly layer: string;
    readonly rule: string;
    constructor(layer: string, rule: string, message: string);
}

export interface DeliveryStats {
    readonly name: string;
    readonly waiting: number;
    readonly delivered: number;
    readonly lost: Readonly<Partial<Record<LossReason, number>>>;
}

export type DetachedCall<F = unknown> = Call<F> & {
    cancel(reason?: unknown): void;
};

export interface DetachedEnd {
    readonly call: Call;
    readonly reason: string;
    readonly parentId: string;
    readonly ending: Ending;
}

type EarlyOut<H, TOuter, TInside extends readonly unknown[]> = Exclude<Extract<OutNames<ReadsOf<H>>, TOuter>, OutNames<GivesOf<TInside[number]>>>;

export type EmbedCall<F = unknown, TOptions = unknown> = CallOf<'embed', F, TOptions>;

export interface EmbedRequest {
    readonly model: string;
    readonly input: readonly string[];
    readonly dimensions?: number;
    readonly providerOptions?: Readonly<Record<string, unknown>>;
}

export class EndedError extends CepaError {
    readonly name = "EndedError";
    readonly code = "CEPA_ENDED";
}

export type Ending = ({
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

export type EndingKind = Ending['kind'];

export type ErrorCode = 'CEPA_STACK' | 'CEPA_OPTION' | 'CEPA_CONTRACT' | 'CEPA_PROVIDER' | 'CEPA_TIMEOUT' | 'CEPA_ABORTED' | 'CEPA_ENDED' | 'CEPA_CLOSED' | 'CEPA_CACHE_MISS';

interface EventBase {
    readonly at: number;
    readonly choice?: number;
}

export type EventBody = {
    readonly type: 'start';
    readonly id?: string;
    readonly model?: string;
} | {
    readonly type: 'text';
    readonly text: string;
} | {
    readonly type: 'reasoning';
    readonly text: string;
    readonly signature?: string;
    readonly redacted?: string;
} | {
    readonly type: 'tool-call-start';
    readonly id: string;
    readonly name: string;
} | {
    readonly type: 'tool-call-delta';
    readonly id: string;
    readonly argumentsText: string;
} | ({
    readonly type: 'tool-call';
} & ToolCall) | {
    readonly type: 'source' | 'file' | 'raw';
    readonly value: unknown;
} | {
    readonly type: 'embedding';
    readonly index: number;
    readonly value: readonly number[];
}
 | {
    readonly type: 'usage';
    readonly usage: Usage;
} | ({
    readonly type: 'end';
    readonly usage?: Usage;
    readonly finishes?: readonly CandidateFinish[];
} & CandidateFinish);

export type EventSource = Feed | Iterable<StreamEvent> | AsyncIterable<StreamEvent>;

export interface Explanation {
    readonly name: string;
    readonly layers: readonly (ToldOptions & {
        readonly name: string;
        readonly controls: boolean;
        readonly hooks: readonly string[];
        readonly reads: readonly string[];
        readonly gives: readonly string[];
        readonly traits: readonly string[];
    })[];
    readonly rules: readonly {
        readonly rule: string;
        readonly outer: string;
        readonly inner: string;
        readonly reason: string;
    }[];
    readonly adapter: ToldOptions & {
        readonly name: string;
        readonly operations: readonly string[];
    };
}

export interface ExportContext {
    readonly signal: AbortSignal;
    readonly attempt: number;
}

export type ExportResult =
{
    readonly ok: true;
    readonly rejected?: number;
}
 | {
    readonly ok: false;
    readonly error: Error;
    readonly retry: boolean;
    readonly retryAfterMs?: number;
};

export interface Exporter {
    readonly name: string;
    readonly wants?: readonly TelemetryItem['type'][];
    readonly limits?: ExporterLimits;
    export(items: readonly TelemetryItem[], context: ExportContext): ExportResult | Promise<ExportResult>;
    record?(record: CallRecord): void;
    flush?(): void | Promise<void>;
    close?(): void | Promise<void>;
}

export interface ExporterLimits {
    readonly maxBatchItems?: number;
    readonly maxBatchBytes?: number;
    readonly delayMs?: number;
    readonly timeoutMs?: number;
    readonly retries?: number;
    readonly maxQueueItems?: number;
    readonly maxQueueBytes?: number;
}

export type FactDirection = 'in' | 'out';

export interface FactKey<T, N extends string = string, D extends FactDirection = FactDirection, R extends boolean = boolean> {
    readonly name: N;
    readonly direction: D;
    readonly required: R;
    readonly header?: string;
    readonly optional: FactKey<T, N, D, false>;
    readonly '~type'?: (value: T) => T;
}

export type FactsOf<K extends readonly AnyFactKey[]> = {
    readonly [F in K[number] as F['name']]: ValueOf<F>;
};

export interface Fault {
    readonly middleware: string;
    readonly hook: string;
    readonly error: Error;
}

export interface Feed {
    pull(): StreamEvent | null | Promise<StreamEvent | null>;
    close(reason?: unknown): void;
}

export interface FilePart extends PartOptions {
    readonly type: 'file';
    readonly file: MediaSource;
    readonly mediaType: string;
    readonly name?: string;
}

export type Finish = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'pause' | 'other';

export interface FirstToken {
    readonly type: EventBody['type'];
    readonly afterMs: number;
}

export const GROUP_SCHEMA = "cepa.group/1";

type GivesOf<H> = H extends {
    readonly gives: readonly (infer K)[];
} ? K : never;

export interface GroupRecord {
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

export interface GroupSpan {
    readonly trace: CallTrace;
    run<T>(work: () => T): T;
    end(recordBy: (scrub: (text: string) => string) => GroupRecord): void;
}

export interface GroupSpanHost {
    spanGroupsBy(make: GroupSpans): void;
}

export type GroupSpans = (start: GroupStart) => GroupSpan | undefined;

export interface GroupStart {
    readonly id: string;
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly startedAtMs: number;
    readonly parent?: unknown;
    readonly parentId?: string;
}

export type Handler = (call: Call) => Promise<Reply>;

export interface ImagePart extends PartOptions {
    readonly type: 'image';
    readonly image: MediaSource;
    readonly mediaType?: string;
    readonly detail?: string;
}

export interface InFlightRow {
    readonly labels: MetricLabels;
    readonly calls: number;
}

type InNames<K> = K extends AnyFactKey ? (K['direction'] extends 'in' ? K['name'] : never) : never;

export type JsonSchema = Readonly<Record<string, unknown>>;

export const LOSS_SCHEMA = "cepa.loss/1";

type LateIn<H, TOuter, TInside extends readonly unknown[]> = Exclude<Extract<InNames<ReadsOf<H>>, InNames<GivesOf<TInside[number]>>>, TOuter>;

export type Layer = AnyMiddleware | false | null | undefined;

export type LayerOptions<T extends readonly unknown[]> = [Present<T>] extends [never] ? NoLayers : {
    readonly [H in Present<T> as NameOf<H>]?: OptionsOf<H> | Off<H>;
};

type LayersOf<A> = A extends {
    readonly '~layers'?: infer L;
} ? L : unknown;

export type Limit = 'total' | 'headers' | 'first-token' | 'idle' | 'deadline' | 'connect';

export type LogFields = Readonly<Record<string, unknown>>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogTold {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>>;
}

export interface LoggedUsage {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly total_tokens?: number;
    readonly cached_tokens?: number;
    readonly cache_write_tokens?: number;
    readonly reasoning_tokens?: number;
    readonly usage_source: Usage['source'];
}

export interface Logger {
    log(level: LogLevel, message: string, fields: LogFields): unknown;
}

export type LossReason =
'full'
 | 'failed'
 | 'rejected'
 | 'closed'
 | 'withheld';

export interface LossRecord {
    readonly schema: typeof LOSS_SCHEMA;
    readonly sinceMs: number;
    readonly atMs: number;
    readonly lost: Readonly<Partial<Record<LossReason, number>>>;
}

export const METRICS_SCHEMA = "cepa.metrics/1";

export type MediaKind = 'image' | 'audio' | 'video' | 'document';

export type MediaSource = {
    readonly bytes: Uint8Array;
} | {
    readonly base64: string;
} | {
    readonly url: string;
} | {
    readonly fileId: string;
};

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface MetricBucket {
    readonly le: number;
    readonly count: number;
}

export type MetricDimension = 'pipeline' | 'operation' | 'mode' | 'provider' | 'model' | 'responseModel' | 'ending' | `attributes.${string}`;

export type MetricLabels = Readonly<Record<string, string>>;

export interface MetricRow {
    readonly labels: MetricLabels;
    readonly calls: number;
    readonly endings: Readonly<Partial<Record<EndingKind, number>>>;
    readonly errors: Readonly<Record<string, number>>;
    readonly detachedCalls: number;
    readonly attempts: number;
    readonly retries: number;
    readonly faults: number;
    readonly durationMs?: MetricSpread;
    readonly providerMs?: MetricSpread;
    readonly consumerMs: number;
    readonly headersMs?: MetricSpread;
    readonly firstTokenMs?: MetricSpread;
    readonly outputTokensPerSecond?: MetricSpread;
    readonly tokenGaps?: number;
    readonly tokenGapMs?: number;
    readonly inputTokens?: MetricSpread;
    readonly outputTokens?: MetricSpread;
    readonly cacheReadTokens?: number;
    readonly cacheWriteTokens?: number;
    readonly reasoningTokens?: number;
    readonly unmeteredCalls: number;
    readonly costUsd?: MetricSpread;
    readonly unpricedCalls: number;
    readonly cacheOutcomes: Readonly<Record<string, number>>;
    readonly cacheHitRatio?: number;
    readonly savedInputTokens?: number;
    readonly savedOutputTokens?: number;
    readonly savedUsd?: number;
    readonly savedMs?: number;
    readonly bytesSent?: number;
    readonly bytesReceived?: number;
    readonly wireBytesReceived?: number;
}

export interface MetricSpread {
    readonly count: number;
    readonly sum: number;
    readonly mean: number;
    readonly min: number;
    readonly max: number;
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
    readonly buckets?: readonly MetricBucket[];
}

export interface MetricsQuery {
    readonly by?: readonly MetricDimension[];
    readonly buckets?: boolean;
}

export interface MetricsSnapshot {
    readonly schema: typeof METRICS_SCHEMA;
    readonly sinceMs: number;
    readonly atMs: number;
    readonly by: readonly string[];
    readonly total: MetricRow;
    readonly rows: readonly MetricRow[];
    readonly attempts: readonly AttemptMetricRow[];
    readonly inFlight: readonly InFlightRow[];
    readonly overflow: Readonly<Record<string, number>>;
}

export interface MetricsSource {
    metrics(query?: MetricsQuery): MetricsSnapshot;
    readonly metricDimensions: readonly MetricDimension[];
    providers?(): readonly ProviderStatus[];
    stats?(): TelemetryHealth;
}

export interface Middleware<TName extends string = string, TReads extends readonly AnyFactKey[] = readonly [], TGives extends readonly AnyFactKey[] = readonly [], TOptions = never> {
    readonly name: TName;
    readonly reads: TReads;
    readonly gives: TGives;
    readonly traits: Traits;
    readonly '~options'?: (options: TOptions) => void;
    readonly '~spec': MiddlewareSpec;
}

export interface MiddlewareSpec<TName extends string = string, TState = unknown, TReads extends readonly AnyFactKey[] = readonly AnyFactKey[], TGives extends readonly AnyFactKey[] = readonly AnyFactKey[], TOptions = unknown> {
    readonly name: TName;
    readonly reads?: TReads;
    readonly gives?: TGives;
    readonly traits?: Traits;
    readonly identity?: string;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly perCall?: OptionRules<TOptions>;
    assemble?(stack: {
        readonly inside: readonly AnyMiddleware[];
        readonly adapter: Adapter;
    }): void;
    provide?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>): void;
    start?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>): TState;
    firstToken?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, event: StreamEvent, state: TState): void;
    event?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, event: StreamEvent, state: TState): void;
    note?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, note: Note, state: TState | undefined): void;
    end?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, ending: Ending, state: TState): void;
    handle?(call: Call<FactsOf<[...TReads, ...TGives]>, TOptions>, next: Handler, state: TState): Promise<Reply>;
    close?(): void | Promise<void>;
}

interface MinimalController {
    readonly signal: AbortSignal;
    abort(reason?: unknown): void;
}

interface MinimalSignal {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(type: 'abort', listener: () => void, options?: {
        once?: boolean;
    }): void;
    removeEventListener(type: 'abort', listener: () => void): void;
}

type MissingIn<H, TSure> = Exclude<InNames<Required<ReadsOf<H>>>, TSure>;

export const NOTE_SCHEMA = "cepa.note/1";

type NameOf<H> = H extends {
    readonly name: infer N extends string;
} ? N : 'layer';

export class Named {
    readonly name: string;
    constructor(name: string);
    toJSON(): string;
    toString(): string;
}

interface NoLayers {
    readonly '~none'?: never;
}

export interface NoPrice {
    readonly unknown: string;
}

export interface Note<T = unknown> {
    readonly key: NoteKey<T>;
    readonly value: T;
    readonly from: string;
    readonly at: number;
}

export interface NoteKey<T> {
    readonly name: string;
    is(note: Note): note is Note<T>;
}

interface NumberBounds extends Base<number> {
    readonly min?: number;
    readonly max?: number;
}

type Off<H> = [SureInFacts<H>] extends [never] ? false : never;

export type Operation = 'chat' | 'embed';

export class OptionError extends CepaError {
    readonly name = "OptionError";
    readonly code = "CEPA_OPTION";
    readonly owner: string;
    readonly field: string;
    constructor({ owner, field, value, remedy }: OptionProblem);
}

export interface OptionFinding {
    readonly path: string;
    readonly value: unknown;
    readonly expects: string;
    readonly secret?: boolean;
}

export interface OptionProblem {
    readonly owner: string;
    readonly field: string;
    readonly value: string;
    readonly remedy: string;
}

export type OptionRules<T> = {
    readonly [K in keyof T]-?: Rule<Exclude<T[K], undefined>>;
};

type OptionsOf<H> = H extends Middleware<string, readonly AnyFactKey[], readonly AnyFactKey[], infer O> ? O : never;

type OutNames<K> = K extends AnyFactKey ? (K['direction'] extends 'out' ? K['name'] : never) : never;

interface PartOptions {
    readonly providerOptions?: Readonly<Record<string, unknown>>;
}

export interface Pipeline<TLayers = object> extends Adapter {
    (request: ChatRequest, options?: CallOptions<TLayers>): Promise<Reply>;
    complete(request: ChatRequest, options?: CallOptions<TLayers>): Promise<Completion>;
    embed(request: EmbedRequest, options?: CallOptions<TLayers>): Promise<Completion>;
    readonly layers: readonly AnyMiddleware[];
    explain(options?: {
        readonly json?: false;
    }): string;
    explain(options: {
        readonly json: true;
    }): Explanation;
    close(options?: {
        readonly deadlineMs?: number;
    }): Promise<void>;
    readonly '~layers'?: TLayers;
}

export interface PipelineOptions<A extends Adapter, T extends readonly Layer[]> extends Omit<AssemblyOptions, 'adapter' | 'layers'> {
    readonly adapter: A;
    readonly layers?: CheckedStack<T>;
}

type Present<T extends readonly unknown[]> = Exclude<T[number], false | null | undefined>;

export interface Price {
    readonly usd: number;
    readonly parts: Readonly<Record<string, number>>;
    readonly source: string;
    readonly date: string;
}

export interface PriceOrigin {
    readonly source: string;
    readonly date: string;
}

export interface PriceRequest {
    readonly provider: string;
    readonly model: string;
    readonly answeredBy?: string;
    readonly operation: Operation;
    readonly usage: Usage;
    readonly epochMs: number;
    readonly batch?: boolean;
    readonly providerOptions?: Readonly<Record<string, unknown>>;
    readonly sent?: readonly MediaKind[];
    readonly received?: readonly MediaKind[];
}

export interface PriceTable {
    readonly name: string;
    price(asked: PriceRequest): Price | NoPrice;
}

export class ProviderError extends CepaError {
    readonly name: string;
    readonly code: ErrorCode;
    readonly provider: string;
    readonly kind: ProviderErrorKind;
    readonly retryable: boolean;
    readonly status?: number;
    readonly retryAfterMs?: number;
    readonly providerRequestId?: string;
    readonly providerCode?: string;
    constructor(failure: ProviderFailure);
}

export type ProviderErrorKind = 'rate-limit' | 'quota' | 'auth' | 'permission' | 'invalid-request' | 'context-length' | 'content-filter' | 'not-found' | 'overloaded' | 'server' | 'timeout' | 'network' | 'truncated' | 'malformed' | 'unknown';

export interface ProviderFailure {
    readonly provider: string;
    readonly kind: ProviderErrorKind;
    readonly message: string;
    readonly status?: number;
    readonly retryable?: boolean;
    readonly retryAfterMs?: number;
    readonly providerRequestId?: string;
    readonly providerCode?: string;
    readonly cause?: unknown;
}

export type ProviderState = 'up' | 'degraded' | 'down';

export interface ProviderStatus {
    readonly provider: string;
    readonly state: ProviderState;
    readonly sinceMs: number;
    readonly attempts: number;
    readonly failed: number;
    readonly limited: number;
    readonly lastSeenMs: number;
}

export class Quantiles {
    #private;
    get count(): number;
    get sum(): number;
    get mean(): number | undefined;
    get min(): number | undefined;
    get max(): number | undefined;
    record(given: number, times?: number): void;
    quantile(share: number): number | undefined;
    merge(other: Quantiles): void;
    since(earlier: Quantiles): Quantiles;
    reset(): void;
}

export const RECORD_SCHEMA = "cepa.call/1";

export const REDACTED = "[redacted]";

type ReadsOf<H> = H extends {
    readonly reads: readonly (infer K)[];
} ? K : never;

export interface ReasoningPart extends PartOptions {
    readonly type: 'reasoning';
    readonly text: string;
    readonly signature?: string;
    readonly redacted?: string;
}

export interface RecordedAnswer {
    readonly text?: string;
    readonly reasoning?: string;
    readonly toolCalls?: readonly RecordedToolCall[];
}

export interface RecordedAttempt {
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

export interface RecordedCause {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
}

export interface RecordedChoice {
    readonly finish?: Finish;
    readonly finishRaw?: string;
}

export interface RecordedContent {
    readonly messages?: readonly RecordedMessage[];
    readonly inputs?: readonly string[];
    readonly answers?: readonly RecordedAnswer[];
    readonly hashes?: RecordedHashes;
    readonly cutBytes?: number;
    readonly withheld?: readonly ('request' | 'answer')[];
}

export interface RecordedDurations {
    readonly totalMs: number;
    readonly headersMs?: number;
    readonly firstTokenMs?: number;
    readonly gaps?: TokenGaps;
    readonly outputTokensPerSecond?: number;
    readonly providerMs: number;
    readonly consumerMs: number;
}

export interface RecordedError {
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

export interface RecordedFault {
    readonly middleware: string;
    readonly hook: string;
    readonly error: RecordedError;
}

export interface RecordedHashes {
    readonly messages?: readonly string[];
    readonly inputs?: readonly string[];
    readonly answer?: string;
}

export interface RecordedMessage {
    readonly role: string;
    readonly content: string | readonly unknown[];
}

export interface RecordedNote {
    readonly schema: typeof NOTE_SCHEMA;
    readonly name: string;
    readonly from: string;
    readonly callId: string;
    readonly requestId: string;
    readonly pipeline: string;
    readonly traceId?: string;
    readonly spanId?: string;
    readonly parentSpanId?: string;
    readonly atMs: number;
    readonly sinceStartMs: number;
    readonly value: unknown;
}

export interface RecordedParameters {
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

export interface RecordedSampling {
    readonly reason: 'all' | 'head' | 'error' | 'slow' | 'costly' | 'call';
    readonly weight: number;
}

export interface RecordedSelfTime {
    readonly layer: string;
    readonly hook: string;
    readonly ms: number;
    readonly runs: number;
}

export interface RecordedToolCall {
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
}

export interface RecordedTrace {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly sampled: boolean;
    readonly traceState?: string;
    readonly hasSpan?: boolean;
}

export type Redactor = (content: unknown, part: ContentPart) => unknown;

export interface Reply extends AsyncIterable<StreamEvent>, AsyncDisposable {
    result(): Promise<Completion>;
    cancel(reason?: unknown): Promise<void>;
    transform(fn: Transform): Reply;
    peek(until?: (event: StreamEvent) => boolean): Promise<StreamEvent | undefined>;
}
export const Reply: {
    readonly from: ReplyFrom;
};

export type ReplyFrom = (source: EventSource, options?: ReplyFromOptions) => Reply;

export interface ReplyFromOptions {
    readonly of?: Reply;
}

export interface Requests {
    readonly chat: ChatRequest;
    readonly embed: EmbedRequest;
}

type Required<K> = K extends AnyFactKey ? (K['required'] extends true ? K : never) : never;

export type ResponseFormat = {
    readonly type: 'text';
} | {
    readonly type: 'json';
    readonly schema?: Schema;
    readonly name?: string;
    readonly strict?: boolean;
};

export interface RetryTold {
    readonly attempt: number;
    readonly delayMs?: number;
    readonly stopped?: string;
    readonly error: Error;
}

export interface Route<TLayers = object> extends Adapter {
    readonly '~layers'?: TLayers;
}

export interface Rule<T> {
    readonly expects: string;
    readonly kind: 'data' | 'function';
    readonly secret?: boolean;
    readonly required?: boolean;
    readonly default?: T;
    accepts(value: unknown): value is T;
    locate?(value: unknown): OptionFinding | undefined;
    shows?(value: unknown): unknown;
}

type Ruled<T, B> = Rule<T> & (B extends {
    readonly default: infer D;
} ? {
    readonly default: D;
} : unknown);

export type Schema = JsonSchema | StandardSchema;

type Scrub = (text: string) => string;

export interface ScrubberOptions {
    readonly emails?: boolean;
    readonly cards?: boolean;
    readonly patterns?: readonly RegExp[];
}

export interface SelfTime {
    readonly pipeline: string;
    readonly layer: string;
    readonly hook: TimedHook;
    readonly ms: number;
    readonly runs: number;
}

export interface SpannedParent extends TraceParent {
    spanBy(make: GroupSpans): void;
}

export class StackError extends CepaError {
    readonly name = "StackError";
    readonly code = "CEPA_STACK";
}

export interface StandardSchema {
    readonly '~standard': {
        readonly version: 1;
        readonly vendor: string;
        readonly jsonSchema?: {
            readonly input: (options: {
                readonly target: 'draft-2020-12';
            }) => Record<string, unknown>;
        };
    };
}

export type StreamEvent = EventBase & EventBody;

type SureInFacts<H> = [H] extends [AnyMiddleware] ? InNames<GivesOf<H>> : never;

export interface SystemMessage {
    readonly role: 'system';
    readonly content: string | readonly TextPart[];
}

export const TIMED_HOOKS: readonly ['provide', 'start', 'handle', 'reply', 'transform', 'firstToken', 'event', 'note', 'end'];

type TargetLayers<T> = Union<{
    [K in keyof T]: T[K] extends {
        readonly '~layers'?: infer L;
    } ? L : object;
}[keyof T]>;

export interface TelemetryHealth {
    readonly records: number;
    readonly kept: number;
    readonly filtered: number;
    readonly sampledOut: number;
    readonly overRate: number;
    readonly withheld: number;
    readonly overrun: number;
    readonly exporters: readonly DeliveryStats[];
}

export type TelemetryItem = {
    readonly type: 'call';
    readonly record: CallRecord;
} | {
    readonly type: 'group';
    readonly group: GroupRecord;
} | {
    readonly type: 'note';
    readonly note: RecordedNote;
} | {
    readonly type: 'loss';
    readonly loss: LossRecord;
};

export interface TextPart extends PartOptions {
    readonly type: 'text';
    readonly text: string;
}

interface TextRules extends Base<string> {
    readonly pattern?: RegExp;
    readonly expects?: string;
}

export interface TimeSpan {
    readonly of: 'layer' | 'provider' | 'consumer' | 'events';
    readonly pipeline?: string;
    readonly layer?: string;
    readonly hook?: TimedHook;
    readonly startMs: number;
    readonly ms: number;
}

export type TimedHook = (typeof TIMED_HOOKS)[number];

export interface TimeoutDetails {
    readonly limit: Limit;
    readonly limitMs: number;
    readonly setBy: string;
    readonly provider?: string;
    readonly progress?: string;
}

export class TimeoutError extends ProviderError {
    readonly name = "TimeoutError";
    readonly code = "CEPA_TIMEOUT";
    readonly limit: Limit;
    readonly limitMs: number;
    readonly setBy: string;
    constructor(details: TimeoutDetails);
}

export interface Timing {
    readonly totalMs: number;
    readonly headersMs?: number;
    readonly firstTokenMs?: number;
    readonly gaps?: TokenGaps;
    readonly outputTokensPerSecond?: number;
    readonly providerMs: number;
    readonly consumerMs: number;
}

export interface TokenGaps {
    readonly count: number;
    readonly meanMs: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly maxMs: number;
}

export interface Tokenizer {
    readonly name: string;
    count(text: string): number;
}

export interface ToldOptions {
    readonly data: Readonly<Record<string, unknown>>;
    readonly named: Readonly<Record<string, string | readonly string[]>>;
}

export interface Tool extends PartOptions {
    readonly name: string;
    readonly description?: string;
    readonly parameters: Schema;
    readonly strict?: boolean;
}

export interface ToolCall {
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
    readonly malformed?: string;
}

export interface ToolCallPart extends PartOptions {
    readonly type: 'tool-call';
    readonly id: string;
    readonly name: string;
    readonly arguments: unknown;
}

export interface ToolMessage {
    readonly role: 'tool';
    readonly content: readonly ToolResultPart[];
}

export interface ToolResultPart extends PartOptions {
    readonly type: 'tool-result';
    readonly id: string;
    readonly name?: string;
    readonly result: unknown;
    readonly isError?: boolean;
}

export interface TraceContext {
    readonly traceId: string;
    readonly spanId: string;
    readonly sampled: boolean;
    readonly random?: boolean;
    readonly traceState?: string;
    readonly baggage?: string;
}

export interface TraceParent {
    readonly trace: TraceContext;
}

export interface Traits {
    readonly repeats?: boolean;
    readonly stores?: boolean;
    readonly limits?: boolean;
    readonly rewrites?: boolean;
    readonly records?: boolean;
    readonly accounts?: boolean;
    readonly timings?: boolean;
}

export type Transform = (event: StreamEvent) => StreamEvent | readonly StreamEvent[] | undefined;

type Union<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer I) => void ? I : never;

export interface Usage {
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

export type UsageSource = 'provider' | 'estimate' | 'partial' | 'cache';

export interface UserMessage {
    readonly role: 'user';
    readonly content: string | readonly (TextPart | ImagePart | FilePart)[];
}

type ValueOf<K> = K extends FactKey<infer T, string, infer D, infer R> ? D extends 'in' ? R extends true ? T : T | undefined : T | undefined : never;

export const anyOf: <A, B>(first: Rule<A>, second: Rule<B>) => Rule<A | B>;

export const anything: <T>(expects: string, kind?: 'data' | 'function') => Rule<T>;

export const attemptEndNote: NoteKey<Attempt>;

export const attemptStartNote: NoteKey<Attempt>;

export const baggageFact: FactKey<string, 'baggage', 'in', true>;

export const cacheFact: FactKey<CacheOutcome, 'cache', 'out', true>;

export const cacheLookupNote: NoteKey<CacheOutcome>;

export const callStartNote: NoteKey<CallStarted>;

export function checkOptions<T extends object, const R extends OptionRules<T>>(owner: string, rules: R, given: T | undefined): Checked<T, R>;

export const costFact: FactKey<CallCost, 'cost', 'out', true>;

export const createController: () => MinimalController;

export function cutToBytes(text: string, maxBytes: number): string;

export function dataOf<T extends object>(rules: OptionRules<T>, checked: T): Readonly<Record<string, unknown>>;

export const detachedEndNote: NoteKey<DetachedEnd>;

export function fact<T, const N extends string, const D extends FactDirection>(name: N, direction: D, options?: {
    readonly header?: string;
}): FactKey<T, N, D, true>;

export const faultNote: NoteKey<Fault>;

export const firstTokenNote: NoteKey<FirstToken>;

export const flag: <const B extends Base<boolean>>(base?: B) => Ruled<boolean, B>;

export const func: <F extends (...args: never[]) => unknown, const B extends Base<F> = object>(base?: B) => Ruled<F, B>;

export const group: <T extends object>(rules: OptionRules<T>) => Rule<T>;

export const having: <T extends object>(...methods: readonly (keyof T & string)[]) => Rule<T>;

export const integer: <const B extends NumberBounds>(base?: B) => Ruled<number, B>;

export function isContent(event: StreamEvent): boolean;

export const isRetryableKind: (kind: ProviderErrorKind) => boolean;

export const isSecretName: (name: string) => boolean;

export function jsonSchemaOf(schema: Schema): JsonSchema;

export const layersWithin: (adapter: Adapter) => readonly AnyMiddleware[];

export function leastCertain(sources: readonly UsageSource[]): UsageSource | undefined;

export const list: <T, const B extends Base<readonly T[]> = object>(item: Rule<T>, base?: B) => Ruled<readonly T[], B>;

export const logNote: NoteKey<LogTold>;

export function loggedUsage(usage: Usage): LoggedUsage;

export const messageOf: (completion: Choice) => AssistantMessage;

export function middleware<const TName extends string, TState = undefined, const TReads extends readonly AnyFactKey[] = readonly [], const TGives extends readonly AnyFactKey[] = readonly [], TOptions = never>(spec: MiddlewareSpec<TName, TState, TReads, TGives, TOptions>): Middleware<TName, TReads, TGives, TOptions>;

export function noteKey<T>(name: string): NoteKey<T>;

export const number: <const B extends NumberBounds>(base?: B) => Ruled<number, B>;

export const oneOf: <const V extends string | number | boolean, const B extends Base<V> = object>(values: readonly V[], base?: B) => Ruled<V, B>;

export function parentTraceOf({ parent, headers }: CallerOptions): TraceContext | undefined;

export function parseTraceparent(header: string): TraceContext | undefined;

export function pipeline<A extends Adapter, const T extends readonly Layer[]>(adapter: A, ...layers: CheckedStack<T>): Pipeline<LayerOptions<T> & LayersOf<A>>;
export function pipeline<A extends Adapter, const T extends readonly Layer[] = readonly []>(options: PipelineOptions<A, T>): Pipeline<LayerOptions<T> & LayersOf<A>>;

export const plainContent: (value: unknown, change: Change) => unknown;

export const plainData: (value: unknown, change?: Change) => unknown;

export const record: <T, const B extends Base<Readonly<Record<string, T>>> = object>(item: Rule<T>, base?: B) => Ruled<Readonly<Record<string, T>>, B>;

export const recordedError: (error: unknown, scrub?: (text: string) => string) => RecordedError;

export const redactText: (change: (text: string) => string) => Redactor;

export const requestIdFact: FactKey<string, 'requestId', 'in', true>;

export const required: <T>(rule: Rule<T>) => Rule<T>;

export const retryNote: NoteKey<RetryTold>;

export function route<const T extends Readonly<Record<string, Adapter>>>(targets: T): Route<TargetLayers<T>>;

export function scrubSecrets(text: string): string;

export const shownData: (value: unknown, maxBytes: number) => unknown;

export function shownItems(items: readonly (Message | string)[], maxBytes: number): unknown[];

export const shownText: (text: string, maxBytes: number) => string;

export const stack: <const T extends readonly Layer[]>(...layers: T) => T;

export function sumUsage(usages: readonly (Usage | undefined)[]): Usage | undefined;

export const systemClock: Clock;

export const text: <const B extends TextRules>(base?: B) => Ruled<string, B>;

export function textScrubber(options?: ScrubberOptions): Scrub;

export const timingFact: FactKey<Timing, 'timing', 'out', true>;

export function toldText(text: string, maxBytes: number, scrub: (text: string) => string): string;

export const traceFact: FactKey<CallTrace, 'trace', 'in', true>;

export const traceparentFact: FactKey<string, 'traceparent', 'in', true>;

export const traceparentOf: ({ traceId, spanId, sampled, random }: TraceContext) => string;

export const tracestateFact: FactKey<string, 'tracestate', 'in', true>;

export const usageFact: FactKey<CallUsage, 'usage', 'out', true>;
