// The public surface of @cepa/middleware-token-count. `npm run api` writes this file; a change in it is a change for users.

import type { Adapter } from '@cepa/core'
import type { AnyMiddleware } from '@cepa/core'
import type { Middleware } from '@cepa/core'
import type { PriceTable } from '@cepa/core'
import type { Tokenizer } from '@cepa/core'
import type { costFact } from '@cepa/core'
import type { usageFact } from '@cepa/core'

export interface TokenCountCallOptions {
    readonly estimate?: boolean;
}

export interface TokenCountOptions extends TokenCountCallOptions {
    readonly tokenizer?: Tokenizer;
    readonly prices?: PriceTable;
    readonly by?: readonly string[];
    readonly maxGroups?: number;
    readonly imageTokens?: number;
}

export interface TokenTotal {
    readonly calls: number;
    readonly attempts: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cacheReadTokens: number;
    readonly cacheWriteTokens: number;
    readonly reasoningTokens: number;
    readonly estimatedAttempts: number;
    readonly unknownAttempts: number;
    readonly usd: number;
    readonly unpricedAttempts: number;
}

export interface TokenTotals {
    readonly all: TokenTotal;
    readonly by: Readonly<Record<string, Readonly<Record<string, TokenTotal>>>>;
}

export interface TokenTotalsOptions {
    readonly reset?: boolean;
}

export function getTokenTotals(target: Adapter | AnyMiddleware, options?: TokenTotalsOptions): TokenTotals;

export function tokenCount(options?: TokenCountOptions): Middleware<'tokenCount', readonly [], readonly [typeof usageFact, typeof costFact], TokenCountCallOptions>;

export const tokenxTokenizer: Tokenizer;
