// The public surface of @cepa/transport/node. `npm run api` writes this file; a change in it is a change for users.

import type { AbortSignal } from '@cepa/core'

interface ByteReader {
    read(): Promise<{
        readonly done: boolean;
        readonly value?: Uint8Array | undefined;
    }>;
    cancel(reason?: unknown): Promise<void>;
}

interface DispatchController {
    pause(): void;
    resume(): void;
    abort(reason: Error): void;
}

interface DispatchHandler {
    onRequestStart(controller: DispatchController): void;
    onResponseStart(controller: DispatchController, status: number, headers: RawHeaders): void;
    onResponseData(controller: DispatchController, chunk: Uint8Array): void;
    onResponseEnd(): void;
    onResponseError(controller: DispatchController | null, error: Error): void;
}

interface DispatchOptions {
    readonly origin: string;
    readonly path: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array | null;
}

type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

interface FetchHeaders {
    get(name: string): string | null;
    forEach(tell: (value: string, name: string) => void): void;
}

interface FetchInit {
    method: string;
    headers: Record<string, string>;
    body: Uint8Array<ArrayBuffer>;
    signal: AbortSignal;
    redirect: 'manual';
    sent?: () => void;
}

interface FetchResponse {
    readonly status: number;
    readonly headers: FetchHeaders;
    readonly body: {
        getReader(): ByteReader;
    } | null;
    readonly wireBytes?: () => number;
}

export interface NodeDispatcher {
    dispatch(options: DispatchOptions, handler: DispatchHandler): unknown;
    close(): Promise<void>;
}

export type NodeFetch = PlatformFetch & {
    close(): Promise<void>;
};

export interface NodeFetchOptions {
    readonly connectTimeoutMs?: number;
    readonly headersTimeoutMs?: number;
    readonly bodyTimeoutMs?: number;
    readonly dispatcher?: NodeDispatcher;
}

export type PlatformFetch = typeof globalThis extends {
    fetch: infer F;
} ? F : Fetch;

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

export function nodeFetch(options?: NodeFetchOptions): NodeFetch;
