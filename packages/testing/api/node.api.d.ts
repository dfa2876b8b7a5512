// The public surface of @cepa/testing/node. `npm run api` writes this file; a change in it is a change for users.

import type { Adapter } from '@cepa/core'
import type { AttemptDetails } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { EventBody } from '@cepa/core'
import type { Finish } from '@cepa/core'
import type { Operation } from '@cepa/core'
import type { ProviderErrorKind } from '@cepa/core'
import type { Requests } from '@cepa/core'
import type { Usage } from '@cepa/core'

export interface AdapterKitOptions {
    readonly make: (setting: {
        readonly baseUrl: string;
        readonly key: string;
    }) => Adapter;
    readonly wire?: Wire;
    readonly model?: string;
    readonly lacks?: readonly Lack[];
}

interface Answer {
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

interface Charged {
    readonly inputTokens: number;
    readonly outputTokens: number;
}

interface Check {
    readonly rule: string;
    readonly name: string;
    readonly ok: boolean;
    readonly detail?: string;
}

interface ContentStep {
    readonly choice?: number;
    readonly tokens?: number;
}

interface EndStep {
    readonly end: Finish;
    readonly finishRaw?: string;
    readonly usage?: ScriptedUsage | false;
}

interface Failure {
    readonly kind?: ProviderErrorKind;
    readonly status?: number;
    readonly message?: string;
    readonly providerCode?: string;
    readonly retryAfterMs?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

export interface FakeServer extends AsyncDisposable {
    readonly origin: string;
    readonly url: string;
    readonly ledger: readonly ServerEntry[];
    readonly last: ServerEntry;
    readonly open: number;
    readonly openSockets: number;
    readonly connections: number;
    readonly charged: Charged;
    script(script: Script): void;
    request(index: number): Promise<ServerEntry>;
    quiet(): Promise<void>;
    close(): Promise<void>;
}

export interface FakeServerOptions {
    readonly wire?: Wire;
    readonly clock?: Clock;
}

type Fault =
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

interface FullFailure extends Failure {
    readonly kind: ProviderErrorKind;
    readonly message: string;
    readonly givenStatus?: number;
}

interface KitReport {
    readonly subject: string;
    readonly checks: readonly Check[];
    readonly broken: readonly Check[];
    readonly brokenRules: readonly string[];
}

export type Lack =
'tools'
 | 'reasoning'
 | 'cached-tokens'
 | 'request-id'
 | 'bytes'
 | 'wire-bytes'
 | 'refused-bytes'
 | 'rate-limit'
 | 'status';

class Meter {
    #private;
    constructor(plan: Plan);
    get charged(): Charged;
    start(): void;
    add(step: Step): void;
    usageAtEnd(step: EndStep): Usage | undefined;
}

interface Network {
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

export interface NetworkWrite {
    readonly at: number;
    readonly bytes: number;
}

type Outcome =
'open'
 | 'ended'
 | 'failed'
 | 'closed';

interface Plan extends Answer {
    readonly id: string;
    readonly model: string;
    readonly providerRequestId: string;
    readonly inputTokens: number;
    readonly steps: readonly Step[];
}

type Script = ScriptedAnswer | ((seen: SeenRequest) => ScriptedAnswer);

type ScriptedAnswer = string | readonly Step[] | Answer;

interface ScriptedToolCall {
    readonly name: string;
    readonly id?: string;
    readonly arguments?: unknown;
    readonly argumentsText?: string;
    readonly pieces?: number;
}

type ScriptedUsage = Partial<Usage>;

interface SeenRequest {
    readonly index: number;
    readonly attempt: number;
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
    readonly request: Requests[Operation];
    readonly headers: Readonly<Record<string, string>>;
}

export interface ServerEntry {
    readonly index: number;
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: any;
    readonly bytesReceived: number;
    readonly startedAt: number;
    readonly headersAt?: number;
    readonly status?: number;
    readonly bytesWritten: number;
    readonly writes: readonly NetworkWrite[];
    readonly bytesDecoded: number;
    readonly outcome: Outcome;
    readonly endedAt?: number;
    readonly charged: Charged;
    readonly settled: Promise<void>;
    bytesAfter(at: number): number;
}

type Step = ({
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

interface Wire {
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

interface WireAsk {
    readonly operation: Operation;
    readonly mode: 'stream' | 'complete';
}

interface WireContext {
    readonly plan: Plan;
    readonly seen: SeenRequest;
    readonly meter: Meter;
}

interface WireFailure {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
}

interface WireFrame {
    readonly event?: string;
    readonly data: string;
}

interface WireStream {
    open(): readonly WireFrame[];
    step(step: Step): readonly WireFrame[];
    fail(failure: FullFailure): readonly WireFrame[];
}

export const checkAdapter: (options: AdapterKitOptions) => Promise<KitReport>;

export const fakeServer: (script?: Script, options?: FakeServerOptions) => Promise<FakeServer>;

export function testAdapter(options: AdapterKitOptions): Promise<KitReport>;
