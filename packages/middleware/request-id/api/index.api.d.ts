// The public surface of @cepa/middleware-request-id. `npm run api` writes this file; a change in it is a change for users.

import type { Middleware } from '@cepa/core'
import type { requestIdFact } from '@cepa/core'

export interface RequestIdOptions {
    readonly generator?: () => string;
    readonly prefix?: string;
    readonly size?: number;
    readonly header?: boolean | string;
}

export function requestId(given?: RequestIdOptions): Middleware<'requestId', readonly [], readonly [typeof requestIdFact]>;
