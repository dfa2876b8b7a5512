// The public surface of @cepa/exporter-otlp. `npm run api` writes this file; a change in it is a change for users.

import type { Attributes } from '@opentelemetry/api'
import type { CallRecord } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { ContentPlace } from '@cepa/core/semantic-conventions'
import type { Exporter } from '@cepa/core'
import type { Semconv } from '@cepa/core/semantic-conventions'

export interface OtlpExporter extends Exporter {
    record(record: CallRecord): void;
}

export interface OtlpExporterOptions {
    readonly endpoint?: string;
    readonly protocol?: OtlpProtocol;
    readonly headers?: Readonly<Record<string, string>>;
    readonly timeoutMs?: number;
    readonly compression?: 'gzip' | 'none';
    readonly traces?: boolean | OtlpSignalOptions;
    readonly metrics?: boolean | OtlpMetricsOptions;
    readonly logs?: boolean | OtlpSignalOptions;
    readonly details?: boolean;
    readonly content?: ContentPlace;
    readonly semconv?: Semconv;
    readonly estimates?: boolean;
    readonly serviceName?: string;
    readonly resource?: Attributes;
    readonly name?: string;
    readonly report?: (error: Error) => void;
    readonly clock?: Clock;
}

export interface OtlpMetricsOptions extends OtlpSignalOptions {
    readonly intervalMs?: number;
    readonly temporality?: Temporality;
}

export type OtlpProtocol = 'http/protobuf' | 'http/json';

export interface OtlpSignalOptions {
    readonly url?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly protocol?: OtlpProtocol;
}

type Temporality = 'cumulative' | 'delta';

export const otlpExporter: (options?: OtlpExporterOptions) => OtlpExporter;
