// The public surface of @cepa/exporter-prometheus. `npm run api` writes this file; a change in it is a change for users.

import type { MetricDimension } from '@cepa/core'
import type { MetricsSnapshot } from '@cepa/core'
import type { MetricsSource } from '@cepa/core'
import type { ProviderStatus } from '@cepa/core'
import type { TelemetryHealth } from '@cepa/core'

export type Labels = Readonly<Record<string, string | undefined>>;

export const METRIC_FAMILIES: readonly MetricFamily[];

export interface MetricFamily {
    readonly name: string;
    readonly type: 'counter' | 'gauge' | 'histogram';
    readonly help: string;
    readonly dimensions: 'all' | readonly MetricDimension[];
    readonly labels: readonly string[];
    samples(view: View): readonly Sample[];
}

export interface PromClientRegistry {
    registerMetric(metric: never): void;
}

export interface Prometheus {
    readonly contentType: string;
    text(): string;
    handle(request: PrometheusRequest, response: PrometheusResponse): void;
}

export interface PrometheusOptions {
    readonly source: MetricsSource;
    readonly by?: readonly MetricDimension[];
    readonly prefix?: string;
    readonly omit?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly registry?: PromClientRegistry;
}

export interface PrometheusRequest {
    readonly method?: string | undefined;
}

export interface PrometheusResponse {
    writeHead(status: number, headers: Record<string, string>): unknown;
    end(body?: string): unknown;
}

export interface Sample {
    readonly suffix?: string;
    readonly labels: Labels;
    readonly own?: readonly [name: string, value: string];
    readonly value: number;
}

export interface View {
    readonly snapshot: MetricsSnapshot;
    readonly providers: readonly ProviderStatus[];
    readonly health: TelemetryHealth | undefined;
}

export function prometheus(options: PrometheusOptions): Prometheus;
