// The public surface of @cepa/middleware-timeout. `npm run api` writes this file; a change in it is a change for users.

import type { Middleware } from '@cepa/core'

export const DEFAULT_LIMITS: TimeoutCallOptions;

export type LimitByMode = Milliseconds | {
    readonly stream?: Milliseconds;
    readonly complete?: Milliseconds;
};

export type Milliseconds = number | false;

export interface TimeoutCallOptions {
    readonly totalMs?: LimitByMode;
    readonly headersMs?: LimitByMode;
    readonly firstTokenMs?: LimitByMode;
    readonly idleMs?: LimitByMode;
}

export interface TimeoutOptions<TName extends string = string> extends TimeoutCallOptions {
    readonly name?: TName;
}

export function timeout<const TName extends string = 'timeout'>(options?: TimeoutOptions<TName>): Middleware<TName, readonly [], readonly [], TimeoutCallOptions>;
