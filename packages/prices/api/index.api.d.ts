// The public surface of @cepa/prices. `npm run api` writes this file; a change in it is a change for users.

import type { AbortSignal } from '@cepa/core'
import type { MediaKind } from '@cepa/core'
import type { PriceOrigin } from '@cepa/core'
import type { PriceTable } from '@cepa/core'

export interface DatedRates {
    readonly constraint?: RateConstraint;
    readonly prices: Rates;
}

export type FetchPrices = (url: string, init: {
    readonly signal: AbortSignal;
}) => Promise<{
    readonly ok: boolean;
    readonly status: number;
    readonly headers: {
        get(name: string): string | null;
    };
    text(): Promise<string>;
}>;

export interface ModelPrices {
    readonly id: string;
    readonly match: NameMatch;
    readonly prices: Rates | readonly DatedRates[];
}

export type NameMatch = {
    readonly equals: string;
} | {
    readonly starts_with: string;
} | {
    readonly ends_with: string;
} | {
    readonly contains: string;
} | {
    readonly regex: string;
} | {
    readonly or: readonly NameMatch[];
} | {
    readonly and: readonly NameMatch[];
};

export type PriceData = readonly ProviderPrices[];

export interface PriceOverride {
    readonly provider: string;
    readonly model?: string;
    readonly rates?: Rates;
    readonly serviceTiers?: Readonly<Record<string, number>>;
    readonly mediaAsText?: readonly MediaKind[];
    readonly source?: string;
    readonly date?: string;
}

export interface PriceUpdate {
    readonly data?: PriceData;
    readonly source?: string;
    readonly date?: string;
}

export interface Prices extends PriceTable {
    readonly origin: PriceOrigin;
    update(from?: PriceUpdate): Promise<PriceOrigin>;
}

export interface PricesOptions {
    readonly overrides?: readonly PriceOverride[];
    readonly providers?: Readonly<Record<string, string>>;
    readonly url?: string;
    readonly timeoutMs?: number;
    readonly fetch?: FetchPrices;
}

export interface ProviderPrices {
    readonly id: string;
    readonly models: readonly ModelPrices[];
    readonly fallback_model_providers?: readonly string[];
}

export type RateConstraint = {
    readonly start_date: string;
} | {
    readonly start_time: string;
    readonly end_time: string;
};

export type Rates = Readonly<Record<string, number | TieredRate>>;

export interface TieredRate {
    readonly base: number;
    readonly tiers: readonly {
        readonly start: number;
        readonly price: number;
    }[];
}

export function prices(options?: PricesOptions): Prices;
