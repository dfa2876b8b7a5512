// The public surface of @cepa/middleware-telemetry. `npm run api` writes this file; a change in it is a change for users.

import type { CallRecord } from '@cepa/core'
import type { CallTrace } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { Exporter } from '@cepa/core'
import type { ExporterLimits } from '@cepa/core'
import type { GroupRecord } from '@cepa/core'
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
import type { Rule } from '@cepa/core'
import type { ScrubberOptions } from '@cepa/core'
import type { TelemetryItem } from '@cepa/core'
import type { TraceParent } from '@cepa/core'
import type { cacheFact } from '@cepa/core'
import type { costFact } from '@cepa/core'
import type { requestIdFact } from '@cepa/core'
import type { timingFact } from '@cepa/core'
import type { traceFact } from '@cepa/core'
import type { usageFact } from '@cepa/core'

export { VARIABLES as ENVIRONMENT }

export interface Alert {
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

export interface AlertEvent {
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

export type AlertMetric = AlertRule['metric'];

export type AlertRule = ErrorRateAlert | DurationAlert | SpendAlert | HitRatioAlert;

export interface CallInFlight {
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

export type Capture = 'none' | 'request' | 'answer' | 'all' | 'hashes';

export const DEGRADED: {
    readonly minTroubled: number;
    readonly share: number;
    readonly leaveShare: number;
};

export const DOWN: {
    readonly minFailed: number;
    readonly share: number;
    readonly leaveShare: number;
};

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

export interface ExporterStats {
    readonly name: string;
    readonly waiting: number;
    readonly waitingBytes: number;
    readonly delivered: number;
    readonly retries: number;
    readonly lost: Readonly<Partial<Record<LossReason, number>>>;
    readonly lastError?: string;
}

export interface ExporterUse {
    readonly exporter: Exporter;
    readonly filter?: RecordFilter;
    readonly wants?: readonly TelemetryItem['type'][];
    readonly limits?: ExporterLimits;
}

export type FieldTest = Plain | readonly Plain[] | {
    readonly min?: number;
    readonly max?: number;
    readonly matches?: string;
    readonly exists?: boolean;
    readonly not?: Plain | readonly Plain[];
};

type Gives = readonly [typeof traceFact];

export interface Group extends TraceParent {
    readonly id: string;
    readonly name: string;
    readonly trace: CallTrace;
    readonly parent: Group | undefined;
    group(name: string, options?: Omit<GroupOptions, 'parent'>): Group;
    sums(): GroupSums;
    end(error?: unknown): GroupRecord;
    [Symbol.dispose](): void;
}

export interface GroupOptions {
    readonly parent?: unknown;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly clock?: Clock;
}

export interface GroupSums {
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

export interface MetricsOptions {
    readonly enabled?: boolean;
    readonly dimensions?: readonly PlainDimension[];
    readonly attributes?: readonly string[];
    readonly maxValues?: number;
    readonly maxSeries?: number;
}

export interface MetricsReader {
    read(): MetricsSnapshot;
    close(): void;
}

export const PROVIDER_WINDOW_MS = 60000;

type Plain = string | number | boolean;

export type PlainDimension = Exclude<MetricDimension, `attributes.${string}`>;

export interface Problem {
    readonly where: string;
    readonly error: Error;
}

export interface ProviderChange extends ProviderStatus {
    readonly from: ProviderState;
}

type Reads = readonly [
    typeof requestIdFact.optional,
    typeof timingFact,
    typeof usageFact,
    typeof costFact,
    typeof cacheFact
];

export type RecordFilter = ((record: CallRecord) => boolean) | Readonly<Record<string, FieldTest>>;

export interface RedactOptions extends ScrubberOptions {
    readonly paths?: readonly string[];
    readonly content?: Redactor;
}

export interface SampleOptions {
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

export type Telemetry<TName extends string = 'telemetry'> = Middleware<TName, Reads, Gives, TelemetryCallOptions> & TelemetryControls;

export interface TelemetryCallOptions {
    readonly level?: TelemetryLevel;
    readonly capture?: Capture;
    readonly keep?: boolean;
    readonly waitUntil?: WaitUntil;
}

export interface TelemetryControls extends TelemetryInsight {
    flush(options?: Deadline): Promise<boolean>;
    close(options?: Deadline): Promise<boolean>;
    update(change: TelemetryUpdate): void;
    onRecord(listener: (record: CallRecord) => void): () => void;
    subscribe(filter: RecordFilter, listener: (record: CallRecord) => void): () => void;
    observe(observer: TelemetryObserver): () => void;
    stats(): TelemetryStats;
}

export interface TelemetryInsight extends Omit<MetricsSource, 'stats'> {
    metrics(query?: MetricsQuery): MetricsSnapshot;
    readonly metricDimensions: readonly MetricDimension[];
    metricsReader(query?: MetricsQuery): MetricsReader;
    resetMetrics(): void;
    providers(): readonly ProviderStatus[];
    onProviderChange(listener: (change: ProviderChange) => unknown): () => void;
    alert(rule: AlertRule, listener: (event: AlertEvent) => unknown): Alert;
}

export type TelemetryLevel = 'off' | 'errors' | 'calls' | 'notes';

export interface TelemetryObserver {
    start?(call: CallInFlight): void;
    end?(call: CallInFlight): void;
    record?(record: CallRecord): void;
    note?(note: RecordedNote): void;
}

export interface TelemetryOptions<TName extends string = string> {
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

export interface TelemetryStats {
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

export interface TelemetryUpdate {
    readonly level?: TelemetryLevel;
    readonly ratio?: number;
    readonly capture?: Capture;
    readonly filter?: RecordFilter | null;
}

const VARIABLES: readonly Variable[];

export interface Variable {
    readonly variable: string;
    readonly option: string;
    readonly read: (text: string) => unknown;
    readonly rule: Rule<unknown>;
}

export type WaitUntil = (work: Promise<unknown>) => void;

export const group: (name: string, options?: GroupOptions) => Group;

export function headKeeps(traceId: string, ratio: number): boolean;

export const telemetry: <const TName extends string = 'telemetry'>(options?: TelemetryOptions<TName>) => Telemetry<TName>;
