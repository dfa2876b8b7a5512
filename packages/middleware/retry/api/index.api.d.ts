// The public surface of @cepa/middleware-retry. `npm run api` writes this file; a change in it is a change for users.

import type { Middleware } from '@cepa/core'

export interface BudgetOptions {
    readonly ratio?: number;
    readonly minPerSecond?: number;
    readonly burst?: number;
}

export interface RetryCallOptions {
    readonly attempts?: number;
    readonly minDelayMs?: number;
    readonly maxDelayMs?: number;
    readonly maxRetryAfterMs?: number;
    readonly jitter?: 'full' | 'none';
}

export type RetryOn = (error: Error, attempt: number) => boolean | undefined;

export interface RetryOptions extends RetryCallOptions {
    readonly budget?: BudgetOptions | false;
    readonly retryOn?: RetryOn;
    readonly random?: () => number;
}

export function retry(options?: RetryOptions): Middleware<'retry', readonly [], readonly [], RetryCallOptions>;
