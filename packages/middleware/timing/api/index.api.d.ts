// The public surface of @cepa/middleware-timing. `npm run api` writes this file; a change in it is a change for users.

import type { Middleware } from '@cepa/core'
import type { timingFact } from '@cepa/core'

export interface TimingOptions<TName extends string = string> {
    readonly name?: TName;
}

export function timing<const TName extends string = 'timing'>(given?: TimingOptions<TName>): Middleware<TName, readonly [], readonly [typeof timingFact]>;
