// The public surface of @cepa/exporter-remote. `npm run api` writes this file; a change in it is a change for users.

import type { AbortSignal } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { Exporter } from '@cepa/core'

export interface RemoteExporterOptions {
    readonly url: string;
    readonly key?: RemoteKey | readonly RemoteKey[];
    readonly headers?: RemoteHeaders;
    readonly gzip?: boolean;
    readonly notes?: boolean;
    readonly fetch?: RemoteFetch;
    readonly name?: string;
    readonly clock?: Clock;
}

export type RemoteFetch = (url: string, init: RemoteRequest) => Promise<RemoteResponse>;

export type RemoteHeaders = Readonly<Record<string, string>>;

export type RemoteKey = string;

export interface RemoteRequest {
    readonly method: 'POST';
    readonly headers: Record<string, string>;
    readonly body: Uint8Array<ArrayBuffer>;
    readonly signal: AbortSignal;
    readonly redirect: 'manual';
}

export interface RemoteResponse {
    readonly status: number;
    readonly headers: {
        get(name: string): string | null;
    };
    readonly body: {
        getReader(): {
            read(): Promise<{
                readonly done: boolean;
                readonly value?: Uint8Array | undefined;
            }>;
            cancel(reason?: unknown): Promise<void>;
        };
    } | null;
}

export const remoteExporter: (options: RemoteExporterOptions) => Exporter;
