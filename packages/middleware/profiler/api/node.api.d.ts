// The public surface of @cepa/middleware-profiler/node. `npm run api` writes this file; a change in it is a change for users.

import type { CallTimes } from '@cepa/core'
import type { EndingKind } from '@cepa/core'
import type { Middleware } from '@cepa/core'
import type { TimedHook } from '@cepa/core'
import type { requestIdFact } from '@cepa/core'

interface ChromeTrace {
    readonly displayTimeUnit: 'ms';
    readonly traceEvents: readonly TraceEvent[];
}

export interface CpuProfileOptions {
    readonly folder: string;
    readonly maxFiles?: number;
    readonly maxMs?: number;
    readonly intervalUs?: number;
}

interface EventLoopDelay {
    readonly meanMs: number;
    readonly maxMs: number;
}

interface HookProfile {
    readonly hook: TimedHook;
    readonly runs: number;
    readonly totalMs: number;
}

interface LayerProfile extends TimeSpread {
    readonly pipeline: string;
    readonly layer: string;
    readonly runs: number;
    readonly wayInMs: number;
    readonly perEventMs: number;
    readonly wayOutMs: number;
    readonly notesMs: number;
    readonly hooks: readonly HookProfile[];
}

export interface NodeProfilerOptions<TName extends string = string> extends ProfilerOptions<TName> {
    readonly cpuProfile?: CpuProfileOptions;
    readonly eventLoopDelay?: boolean;
}

interface Profile {
    readonly labels: ProfileLabels;
    readonly calls: number;
    readonly events: number;
    readonly timedEvents: number;
    readonly wall: TimeSpread;
    readonly layers: readonly LayerProfile[];
    readonly provider: TimeSpread;
    readonly consumer: TimeSpread;
    readonly accounted: number;
}

interface ProfileLabels {
    readonly provider?: string;
    readonly model?: string;
}

interface ProfileReport {
    readonly total: Profile;
    readonly groups: readonly Profile[];
    readonly overflow: number;
}

type Profiler<TName extends string = 'profiler'> = Middleware<TName, Reads> & ProfilerControls;

interface ProfilerControls {
    report(query: ReportQuery & {
        readonly json: true;
    }): ProfileReport;
    report(query?: ReportQuery): string;
    chromeTrace(): ChromeTrace;
    reset(): void;
}

interface ProfilerOptions<TName extends string = string> {
    readonly name?: TName;
    readonly maxModels?: number;
    readonly keepCalls?: number;
    readonly slowMs?: number | false;
    readonly slow?: SlowThresholds;
    readonly onSlowCall?: (slow: SlowCall) => unknown;
    readonly report?: (problem: ProfilerProblem) => void;
}

interface ProfilerProblem {
    readonly where: string;
    readonly error: Error;
}

type Reads = readonly [typeof requestIdFact.optional];

interface ReportQuery {
    readonly by?: 'provider' | 'model';
    readonly hooks?: boolean;
    readonly json?: boolean;
}

interface SlowCall {
    readonly id: string;
    readonly requestId?: string;
    readonly pipeline: string;
    readonly operation: 'chat' | 'embed';
    readonly mode: 'stream' | 'complete';
    readonly provider: string;
    readonly model: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly ending: EndingKind;
    readonly detached?: string;
    readonly startedAtMs: number;
    readonly tookMs: number;
    readonly thresholdMs: number;
    readonly times: TimesCopy;
    readonly slowestLayer?: SlowestLayer;
    readonly eventLoopDelay?: EventLoopDelay;
    readonly cpuProfile?: TakenProfile;
}

interface SlowThresholds {
    readonly providers?: Readonly<Record<string, number>>;
    readonly models?: Readonly<Record<string, number>>;
}

interface SlowestLayer {
    readonly pipeline: string;
    readonly layer: string;
    readonly ms: number;
    readonly hook: TimedHook;
}

interface TakenProfile {
    readonly path: string;
    readonly written: Promise<boolean>;
}

interface TimeSpread {
    readonly calls: number;
    readonly totalMs: number;
    readonly share: number;
    readonly meanMs: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
}

type TimesCopy = Pick<CallTimes, 'self' | 'providerMs' | 'consumerMs' | 'wallMs' | 'startedAt' | 'events' | 'timedEvents' | 'spans'>;

type TraceEvent = {
    readonly ph: 'X';
    readonly name: string;
    readonly cat: string;
    readonly ts: number;
    readonly dur: number;
    readonly pid: number;
    readonly tid: number;
    readonly args: Readonly<Record<string, string | number>>;
} | {
    readonly ph: 'M';
    readonly name: 'process_name' | 'thread_name' | 'thread_sort_index';
    readonly pid: number;
    readonly tid: number;
    readonly args: {
        readonly name: string;
    } | {
        readonly sort_index: number;
    };
};

export const profiler: <const TName extends string = 'profiler'>(options?: NodeProfilerOptions<TName>) => Profiler<TName>;
