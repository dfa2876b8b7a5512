// The public surface of @cepa/middleware-telemetry/node. `npm run api` writes this file; a change in it is a change for users.

import type { CallRecord } from '@cepa/core'
import type { CallTrace } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { Exporter } from '@cepa/core'
import type { ExporterLimits } from '@cepa/core'
import type { GroupRecord } from '@cepa/core'
import type { GroupSpanHost } from '@cepa/core'
import type { LossReason } from '@cepa/core'
import type { MetricDimension } from '@cepa/core'
import type { MetricsQuery } from '@cepa/core'
import type { MetricsSnapshot } from '@cepa/core'
import type { MetricsSource } from '@cepa/core'
import type { Middleware } from '@cepa/core'
import type { ProviderState } from '@cepa/core'
import type { ProviderStatus } from '@cepa/core'
import type { RecordedNote } from '@cepa/core'
import type { Redactor } from '@cepa/core'
import type { ScrubberOptions } from '@cepa/core'
import type { TelemetryItem } from '@cepa/core'
import type { TraceParent } from '@cepa/core'
import type { cacheFact } from '@cepa/core'
import type { costFact } from '@cepa/core'
import type { requestIdFact } from '@cepa/core'
import type { timingFact } from '@cepa/core'
import type { traceFact } from '@cepa/core'
import type { usageFact } from '@cepa/core'

interface Alert {
    readonly name: string;
    readonly isFiring: boolean;
    value(): number | undefined;
    stop(): void;
}

interface AlertBase {
    readonly name: string;
    readonly filter?: RecordFilter;
    readonly windowMs?: number;
    readonly minCalls?: number;
    readonly resolveAt?: number;
}

interface AlertEvent {
    readonly type: 'fired' | 'resolved';
    readonly name: string;
    readonly metric: AlertMetric;
    readonly value?: number;
    readonly limit: number;
    readonly calls: number;
    readonly windowMs: number;
    readonly atMs: number;
    readonly firedAtMs: number;
}

type AlertMetric = AlertRule['metric'];

type AlertRule = ErrorRateAlert | DurationAlert | SpendAlert | HitRatioAlert;

export const CHANNELS: {
    readonly call: 'cepa:call';
    readonly group: 'cepa:group';
    readonly note: 'cepa:note';
};

interface CallInFlight {
    readonly id: string;
    readonly requestId: string;
    readonly pipeline: string;
    readonly operation: 'chat' | 'embed';
    readonly mode: 'stream' | 'complete';
    readonly provider: string;
    readonly model: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly startedAtMs: number;
}

type Capture = 'none' | 'request' | 'answer' | 'all' | 'hashes';

export interface ChannelMessages {
    readonly 'cepa:call': CallRecord;
    readonly 'cepa:group': GroupRecord;
    readonly 'cepa:note': RecordedNote;
}

interface Deadline {
    readonly deadlineMs?: number;
}

interface DurationAlert extends AlertBase {
    readonly metric: 'durationMs' | 'providerMs' | 'firstTokenMs';
    readonly above: number;
    readonly quantile?: number;
}

interface ErrorRateAlert extends AlertBase {
    readonly metric: 'errorRate';
    readonly above: number;
}

interface ExporterStats {
    readonly name: string;
    readonly waiting: number;
    readonly waitingBytes: number;
    readonly delivered: number;
    readonly retries: number;
    readonly lost: Readonly<Partial<Record<LossReason, number>>>;
    readonly lastError?: string;
}

interface ExporterUse {
    readonly exporter: Exporter;
    readonly filter?: RecordFilter;
    readonly wants?: readonly TelemetryItem['type'][];
    readonly limits?: ExporterLimits;
}

type FieldTest = Plain | readonly Plain[] | {
    readonly min?: number;
    readonly max?: number;
    readonly matches?: string;
    readonly exists?: boolean;
    readonly not?: Plain | readonly Plain[];
};

type Gives = readonly [typeof traceFact];

interface Group extends TraceParent {
    readonly id: string;
    readonly name: string;
    readonly trace: CallTrace;
    readonly parent: Group | undefined;
    group(name: string, options?: Omit<GroupOptions, 'parent'>): Group;
    sums(): GroupSums;
    end(error?: unknown): GroupRecord;
    [Symbol.dispose](): void;
}

interface GroupOptions {
    readonly parent?: unknown;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly clock?: Clock;
}

export interface GroupScope extends GroupSpanHost {
    active(): Group | undefined;
    run<T>(name: string, work: (group: Group) => T, options?: GroupOptions): T;
}

interface GroupSums {
    readonly groups: number;
    readonly calls: number;
    readonly openCalls: number;
    readonly endings: Readonly<Partial<Record<CallRecord['ending'], number>>>;
    readonly attempts: number;
    readonly cacheHits: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costUsd?: number;
    readonly knownCostUsd: number;
}

interface HitRatioAlert extends AlertBase {
    readonly metric: 'cacheHitRatio';
    readonly below: number;
}

interface MetricsOptions {
    readonly enabled?: boolean;
    readonly dimensions?: readonly PlainDimension[];
    readonly attributes?: readonly string[];
    readonly maxValues?: number;
    readonly maxSeries?: number;
}

interface MetricsReader {
    read(): MetricsSnapshot;
    close(): void;
}

type Plain = string | number | boolean;

type PlainDimension = Exclude<MetricDimension, `attributes.${string}`>;

interface Problem {
    readonly where: string;
    readonly error: Error;
}

interface ProviderChange extends ProviderStatus {
    readonly from: ProviderState;
}

type Reads = readonly [
    typeof requestIdFact.optional,
    typeof timingFact,
    typeof usageFact,
    typeof costFact,
    typeof cacheFact
];

type RecordFilter = ((record: CallRecord) => boolean) | Readonly<Record<string, FieldTest>>;

interface RedactOptions extends ScrubberOptions {
    readonly paths?: readonly string[];
    readonly content?: Redactor;
}

interface SampleOptions {
    readonly ratio?: number;
    readonly keepErrors?: boolean;
    readonly slowMs?: number;
    readonly costlyUsd?: number;
    readonly recordsPerSecond?: number;
}

interface SpendAlert extends AlertBase {
    readonly metric: 'usdPerMinute';
    readonly above: number;
}

type Telemetry<TName extends string = 'telemetry'> = Middleware<TName, Reads, Gives, TelemetryCallOptions> & TelemetryControls;

interface TelemetryCallOptions {
    readonly level?: TelemetryLevel;
    readonly capture?: Capture;
    readonly keep?: boolean;
    readonly waitUntil?: WaitUntil;
}

interface TelemetryControls extends TelemetryInsight {
    flush(options?: Deadline): Promise<boolean>;
    close(options?: Deadline): Promise<boolean>;
    update(change: TelemetryUpdate): void;
    onRecord(listener: (record: CallRecord) => void): () => void;
    subscribe(filter: RecordFilter, listener: (record: CallRecord) => void): () => void;
    observe(observer: TelemetryObserver): () => void;
    stats(): TelemetryStats;
}

interface TelemetryInsight extends Omit<MetricsSource, 'stats'> {
    metrics(query?: MetricsQuery): MetricsSnapshot;
    readonly metricDimensions: readonly MetricDimension[];
    metricsReader(query?: MetricsQuery): MetricsReader;
    resetMetrics(): void;
    providers(): readonly ProviderStatus[];
    onProviderChange(listener: (change: ProviderChange) => unknown): () => void;
    alert(rule: AlertRule, listener: (event: AlertEvent) => unknown): Alert;
}

type TelemetryLevel = 'off' | 'errors' | 'calls' | 'notes';

interface TelemetryObserver {
    start?(call: CallInFlight): void;
    end?(call: CallInFlight): void;
    record?(record: CallRecord): void;
    note?(note: RecordedNote): void;
}

interface TelemetryOptions<TName extends string = string> {
    readonly name?: TName;
    readonly exporters?: readonly (Exporter | ExporterUse)[];
    readonly level?: TelemetryLevel;
    readonly sample?: SampleOptions;
    readonly filter?: RecordFilter;
    readonly capture?: Capture;
    readonly hashKey?: string;
    readonly maxContentBytes?: number;
    readonly redact?: RedactOptions;
    readonly metrics?: MetricsOptions;
    readonly propagate?: boolean;
    readonly scope?: {
        active(): Group | undefined;
    };
    readonly waitUntil?: WaitUntil;
    readonly deadlineMs?: number;
    readonly clock?: Clock;
    readonly report?: (problem: Problem) => void;
}

interface TelemetryStats {
    readonly inFlight: number;
    readonly records: number;
    readonly kept: number;
    readonly filtered: number;
    readonly sampledOut: number;
    readonly overRate: number;
    readonly withheld: number;
    readonly overrun: number;
    readonly exporters: readonly ExporterStats[];
}

interface TelemetryUpdate {
    readonly level?: TelemetryLevel;
    readonly ratio?: number;
    readonly capture?: Capture;
    readonly filter?: RecordFilter | null;
}

type WaitUntil = (work: Promise<unknown>) => void;

const group: (name: string, options?: GroupOptions) => Group;

export function groupScope(): GroupScope;

export const telemetry: <const TName extends string = 'telemetry'>(options?: TelemetryOptions<TName>) => Telemetry<TName>;
