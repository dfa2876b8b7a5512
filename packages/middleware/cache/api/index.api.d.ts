// The public surface of @cepa/middleware-cache. `npm run api` writes this file; a change in it is a change for users.

import type { Adapter } from '@cepa/core'
import type { CacheEntry } from '@cepa/core'
import type { CacheStore } from '@cepa/core'
import type { CacheStoreStats } from '@cepa/core'
import type { Call } from '@cepa/core'
import type { CepaError } from '@cepa/core'
import type { Clock } from '@cepa/core'
import type { Middleware } from '@cepa/core'
import type { cacheFact } from '@cepa/core'
import type { costFact } from '@cepa/core'
import type { usageFact } from '@cepa/core'

export type Cache<TName extends string = 'cache'> = Middleware<TName, CacheReads, CacheGives, CacheCallOptions>;

export interface CacheCallOptions {
    readonly mode?: CacheMode;
    readonly ttlMs?: number;
    readonly scope?: string;
}

export interface CacheDurations {
    readonly count: number;
    readonly p50Ms?: number;
    readonly p95Ms?: number;
}

type CacheGives = readonly [typeof cacheFact];

export interface CacheMetrics {
    readonly caches: number;
    readonly hits: number;
    readonly misses: number;
    readonly errors: number;
    readonly hitRatio?: number;
    readonly stores: number;
    readonly notStored: number;
    readonly evictions?: number;
    readonly entries?: number;
    readonly bytes?: number;
    readonly lookups: CacheDurations;
    readonly writes: CacheDurations;
    readonly saved: CacheSavings;
    delta(earlier: CacheMetrics): CacheMetrics;
    reset(): void;
}

export class CacheMissError extends CepaError {
    readonly name = "CacheMissError";
    readonly code = "CEPA_CACHE_MISS";
    readonly keyHash: string;
    constructor(layer: string, keyHash: string, cause?: Error);
}

export type CacheMode = 'read-through' | 'record-only' | 'refresh' | 'only-if-cached' | 'bypass';

export interface CacheOptions<TName extends string = string> extends Omit<CacheCallOptions, 'scope'> {
    readonly scope: CacheScope;
    readonly store?: CacheStore;
    readonly maxBytes?: number;
    readonly maxEntryBytes?: number;
    readonly storeTimeoutMs?: number;
    readonly replay?: 'instant' | 'recorded';
    readonly promptSecret?: string;
    readonly name?: TName;
}

type CacheReads = readonly [typeof usageFact.optional, typeof costFact.optional];

export interface CacheSavings {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly unknownUsage: number;
    readonly usd?: number;
    readonly unknownCost: number;
    readonly ms: number;
}

export type CacheScope = 'shared' | ((call: Call) => string);

export interface MemoryStore extends CacheStore {
    get(key: string): CacheEntry | undefined;
    set(key: string, entry: CacheEntry, options: {
        readonly ttlMs: number;
    }): void;
    delete(key: string): void;
    stats(): Required<CacheStoreStats>;
    clear(): void;
}

export interface MemoryStoreOptions {
    readonly maxBytes?: number;
    readonly clock?: Clock;
}

export function cache<const TName extends string = 'cache'>(options: CacheOptions<TName>): Cache<TName>;

export function getCacheMetrics(pipeline: Adapter): CacheMetrics;

export function memoryStore(options?: MemoryStoreOptions): MemoryStore;
