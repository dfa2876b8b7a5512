// The public surface of @cepa/transport. `npm run api` writes this file; a change in it is a change for users.

import type { AbortSignal } from '@cepa/core'
import type { AdapterCall } from '@cepa/core'
import type { ChatRequest } from '@cepa/core'
import type { Feed } from '@cepa/core'
import type { ProviderError } from '@cepa/core'
import type { ProviderErrorKind } from '@cepa/core'
import type { StreamEvent } from '@cepa/core'

export interface AnswerFailure {
    readonly provider: string;
    readonly status?: number;
    readonly headers?: FetchHeaders;
    readonly body: unknown;
    readonly providerRequestId?: string;
    readonly hints?: readonly ErrorHint[];
    readonly redact?: Redact;
    readonly nowEpochMs: number;
}

export type ApiKey = string | (() => string | Promise<string>);

export interface ByteReader {
    read(): Promise<{
        readonly done: boolean;
        readonly value?: Uint8Array | undefined;
    }>;
    cancel(reason?: unknown): Promise<void>;
}

export interface Carrier {
    carry(shipment: Shipment): Promise<Delivery>;
    readonly baseUrl?: string;
    readonly secrets?: readonly string[];
    close?(): Promise<void>;
}

export type ClosableFetch = Fetch & {
    close(): Promise<void>;
};

export interface Correction {
    readonly reason: string;
    applies(error: ProviderError): boolean | Promise<boolean>;
}

export interface Delivery {
    readonly response: FetchResponse;
    readonly errorBody?: unknown;
}

export interface ErrorHint {
    readonly status?: number;
    readonly code?: RegExp;
    readonly message?: RegExp;
    readonly kind: ProviderErrorKind;
    readonly retryable?: boolean;
}

export class Exchange {
    #private;
    readonly call: AdapterCall;
    readonly provider: string;
    readonly response: FetchResponse;
    readonly redact: Redact;
    bytesReceived: number;
    closed: boolean;
    constructor(parts: ExchangeParts);
    read(): Promise<Uint8Array | null>;
    failure(body: unknown, status?: number): ProviderError;
    close(reason?: unknown): void;
    drain(): void;
}

interface ExchangeParts {
    readonly line: Line;
    readonly call: AdapterCall;
    readonly provider: string;
    readonly response: FetchResponse;
    readonly redact: Redact;
    readonly hints: readonly ErrorHint[];
    readonly providerRequestId?: string;
}

export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchHeaders {
    get(name: string): string | null;
    forEach(tell: (value: string, name: string) => void): void;
}

export interface FetchInit {
    method: string;
    headers: Record<string, string>;
    body: Uint8Array<ArrayBuffer>;
    signal: AbortSignal;
    redirect: 'manual';
    sent?: () => void;
}

export interface FetchResponse {
    readonly status: number;
    readonly headers: FetchHeaders;
    readonly body: {
        getReader(): ByteReader;
    } | null;
    readonly wireBytes?: () => number;
}

export class KeyRing {
    #private;
    constructor(from: KeySource);
    headers(): Promise<Readonly<Record<string, string>>>;
    readonly newKey: Correction;
}

export interface KeySource {
    readonly provider: string;
    readonly option?: string;
    readonly source: ApiKey | undefined;
    headers(key: string): Readonly<Record<string, string>>;
}

class Line {
    #private;
    onAbort: ((reason: unknown) => void) | undefined;
    constructor(call: AdapterCall);
    get signal(): Shipment['signal'];
    carry(carrier: Carrier, shipment: Shipment): Promise<Delivery>;
    stop(reason?: unknown): void;
    unlisten(): void;
}

export const MAX_ANSWER_BYTES: number;

export const MAX_EVENT_BYTES: number;

export interface OutsideOptions {
    readonly signal?: AbortSignal;
    readonly headers?: Readonly<Record<string, string>>;
}

export type Progress = 'open' | 'finished' | 'closed';

export interface ReadOptions {
    readonly reducer: Reducer;
    readonly wire: Wire;
    readonly maxEventBytes?: number;
    readonly maxAnswerBytes?: number;
    readonly finishWaitMs?: number;
}

export type Redact = (text: string) => string;

export interface Reducer {
    readonly progress: Progress;
    take(message: WireMessage, at: number, out: StreamEvent[]): void;
    finish(at: number, out: StreamEvent[]): void;
}

export interface RetryAfterSources {
    readonly headers?: FetchHeaders;
    readonly message?: string;
    readonly nowEpochMs: number;
}

export interface SdkClient {
    post(path: string, options: SdkRequestOptions): {
        asResponse(): Promise<FetchResponse>;
    };
    readonly baseURL?: string;
}

export interface SdkRequestOptions {
    readonly body: unknown;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly stream: boolean;
    readonly maxRetries: 0;
    readonly __binaryResponse: true;
}

export interface SendOptions {
    readonly call: AdapterCall;
    readonly provider: string;
    readonly carrier: Carrier;
    readonly baseUrl: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly json: unknown;
    readonly stream: boolean;
    readonly hints?: readonly ErrorHint[];
    readonly requestIdHeaders?: readonly string[];
}

export interface Shipment {
    readonly url: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly json: unknown;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly stream: boolean;
    readonly signal: AbortSignal;
    readonly sent?: () => void;
}

export interface WholeBodyLimits {
    readonly provider: string;
    readonly maxAnswerBytes?: number;
}

export type Wire = 'sse' | 'ndjson' | 'json';

export interface WireLimits {
    readonly provider: string;
    readonly maxEventBytes?: number;
}

export interface WireMessage {
    readonly event?: string;
    readonly text: string;
    readonly tail?: boolean;
    readonly whole?: boolean;
}

export interface WireParser {
    push(bytes: Uint8Array, tell: (message: WireMessage) => void): void;
    end(tell: (message: WireMessage) => void): void;
}

export function answerError(failure: AnswerFailure): ProviderError;

export function base64Of(bytes: Uint8Array): string;

export function bytesOf(base64: string): Uint8Array<ArrayBuffer>;

export function environmentOf<K extends string>(variables: Readonly<Record<K, string>>, given?: {
    readonly [Option in NoInfer<K>]?: unknown;
}): Partial<Record<K, string>>;

export function fetchCarrier(given?: Fetch): Carrier;

export function isRefusedField(error: ProviderError, field: string): boolean;

export function jsonOf(message: WireMessage, source: {
    readonly provider: string;
    readonly redact?: Redact;
}): unknown;

export function ndjsonParser({ provider, maxEventBytes }: WireLimits): WireParser;

export function outsideCall(request: ChatRequest, { signal, headers }?: OutsideOptions): AdapterCall;

export function readAnswer(exchange: Exchange, options: ReadOptions): Promise<Feed>;

export function redactor(secrets: readonly string[]): Redact;

export function retryAfterMs({ headers, message, nowEpochMs }: RetryAfterSources): number | undefined;

export function sdkCarrier(client: SdkClient): Carrier;

export function send(options: SendOptions): Promise<Exchange>;

export function serverOf(url: string | undefined): {
    serverAddress?: string;
    serverPort?: number;
};

export function sseParser({ provider, maxEventBytes }: WireLimits): WireParser;

export function wholeBodyParser({ provider, maxAnswerBytes }: WholeBodyLimits): WireParser;

export function withCorrections<T>(call: AdapterCall, corrections: readonly Correction[], attempt: (made: ReadonlySet<string>) => Promise<T>): Promise<T>;
