// The public surface of @cepa/opentelemetry. `npm run api` writes this file; a change in it is a change for users.

import type { Attributes } from '@opentelemetry/api'
import type { Call } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { ContentPlace } from '@cepa/core/semantic-conventions'
import type { Context } from '@opentelemetry/api'
import type { FactKey } from '@cepa/core'
import type { HrTime } from '@opentelemetry/api'
import type { Meter } from '@opentelemetry/api'
import type { Middleware } from '@cepa/core'
import type { Redactor } from '@cepa/core'
import type { ScrubberOptions } from '@cepa/core'
import type { Semconv } from '@cepa/core/semantic-conventions'
import type { Span } from '@opentelemetry/api'
import type { Tracer } from '@opentelemetry/api'
import type { cacheFact } from '@cepa/core'
import type { costFact } from '@cepa/core'
import type { requestIdFact } from '@cepa/core'
import type { traceFact } from '@cepa/core'
import type { usageFact } from '@cepa/core'

export { ContentPlace } from '@cepa/core/semantic-conventions'
export { Semconv } from '@cepa/core/semantic-conventions'

interface ActiveSpan {
    readonly span: Span;
    readonly context: Context;
}

class CallTimes {
    #private;
    constructor(clock: Clock);
    at(now: number): HrTime;
    get start(): HrTime;
}

export interface EventLogger {
    emit(record: EventRecord): void;
}

export interface EventRecord {
    eventName: string;
    severityNumber: number;
    severityText: string;
    timestamp: HrTime;
    context: Context;
    attributes: {
        [name: string]: LogValue;
    };
}

type Gives = readonly [typeof traceFact, typeof tracedFact];

export type LogValue = string | number | boolean | null | undefined | LogValue[] | {
    [name: string]: LogValue;
};

export interface MeteringOptions {
    readonly semconv?: Semconv;
    readonly estimates?: boolean;
    readonly outputChunks?: boolean;
    readonly meter?: Meter;
}

type Reads = readonly [typeof tracedFact.optional, typeof usageFact, typeof costFact, typeof cacheFact];

type Reads = readonly [typeof requestIdFact.optional, typeof usageFact, typeof costFact, typeof cacheFact];

class TracedPass {
    #private;
    constructor(parts: TracedPassParts);
    get id(): string;
    get requestId(): string;
    get active(): ActiveSpan | undefined;
    get times(): CallTimes;
    get problem(): Error | undefined;
    get attemptsBefore(): number;
    get firstContentAt(): number | undefined;
    firstContent(at: number): void;
    belongsTo(call: Call): boolean;
}

interface TracedPassParts {
    readonly call: Call;
    readonly id: string;
    readonly requestId: string;
    readonly times: CallTimes;
    readonly active?: ActiveSpan | undefined;
    readonly problem?: Error;
}

export interface TracingCallOptions {
    readonly content?: ContentPlace;
    readonly attributes?: Attributes;
}

export interface TracingOptions {
    readonly semconv?: Semconv;
    readonly content?: ContentPlace;
    readonly redact?: Redactor | TracingRedaction;
    readonly maxContentBytes?: number;
    readonly logger?: EventLogger;
    readonly attributes?: (call: Call) => Attributes;
    readonly estimates?: boolean;
    readonly propagate?: boolean;
    readonly tracer?: Tracer;
}

export interface TracingRedaction extends ScrubberOptions {
    readonly paths?: readonly string[];
    readonly content?: Redactor;
}

export function metering(given?: MeteringOptions): Middleware<'metering', Reads>;

const tracedFact: FactKey<TracedPass, 'traced', 'in', true>;

export function tracing(given?: TracingOptions): Middleware<'tracing', Reads, Gives, TracingCallOptions>;
